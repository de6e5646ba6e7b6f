import { access, readFile, writeFile } from "node:fs/promises";
import { generate } from "selfsigned";

/** A certificate and its private key, PEM. */
export interface KeyPair {
  cert: string;
  key: string;
}

const YEARS_10_MS = 10 * 365 * 86_400_000;

/** Reads the authority of a cloud, or makes it. Its certificate is what `sslrootcert` of a client names. */
export async function ensureAuthority(options: { certificate: string; key: string }): Promise<KeyPair> {
  if (await present(options.certificate, options.key)) {
    return { cert: await readFile(options.certificate, "utf8"), key: await readFile(options.key, "utf8") };
  }
  const made = await generate([{ name: "commonName", value: "tailfire local cloud" }], {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + YEARS_10_MS),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  await writeFile(options.key, made.private, { mode: 0o600 });
  await writeFile(options.certificate, made.cert, { mode: 0o644 });
  return { cert: made.cert, key: made.private };
}

/** Reads or makes a server certificate for an address, signed by the cloud's authority. */
export async function ensureServerCertificate(options: {
  authority: KeyPair;
  certificate: string;
  key: string;
  address: string;
}): Promise<void> {
  if (await present(options.certificate, options.key)) return;
  const made = await generate([{ name: "commonName", value: options.address }], {
    keyType: "ec",
    algorithm: "sha256",
    notAfterDate: new Date(Date.now() + YEARS_10_MS),
    ca: options.authority,
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "keyUsage", digitalSignature: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: options.address }] },
    ],
  });
  await writeFile(options.key, made.private, { mode: 0o600 });
  await writeFile(options.certificate, made.cert, { mode: 0o644 });
}

async function present(...files: string[]): Promise<boolean> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.every(Boolean);
}
