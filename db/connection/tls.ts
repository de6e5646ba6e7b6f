import { readFileSync } from "node:fs";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";

/** TLS as postgres.js takes it. */
export type Tls =
  | false
  | "require"
  | "prefer"
  | Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase" | "rejectUnauthorized" | "checkServerIdentity">;

/** What a connection string says about TLS. */
export interface TlsWish {
  /** libpq's sslmode; undefined where it is not given. */
  readonly mode: string | undefined;
  /** Path of the file with the certificate authority to trust, or `system` for those this machine trusts. */
  readonly rootCertificate: string | undefined;
  /** The client's own certificate: paths, and the key's password. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly keyPassword: string | undefined;
  /** True where the string demands channel binding. */
  readonly bound: boolean;
}

/** Every reason why a wish cannot be met. */
export function tlsProblems({ mode, rootCertificate, certificate, key, bound }: TlsWish): string[] {
  const weak = mode !== undefined && !["require", "verify-ca", "verify-full"].includes(mode);
  return [
    ...(rootCertificate === "system" && mode !== undefined && mode !== "verify-full"
      ? ["sslrootcert=system goes with sslmode=verify-full only, as in libpq"]
      : []),
    ...(certificate !== undefined && key === undefined ? ["sslcert needs its key: give sslkey too"] : []),
    ...(key !== undefined && certificate === undefined ? ["sslkey needs its certificate: give sslcert too"] : []),
    ...(weak && certificate !== undefined ? [`sslcert goes with sslmode=require or more, not ${mode}`] : []),
    ...(weak && bound ? [`channel_binding=require goes with sslmode=require or more, not ${mode}`] : []),
  ];
}

/**
 * TLS as libpq understands the wish: `require` encrypts without asking who answers, unless a certificate authority is given;
 * `verify-ca` asks for a certificate of that authority; `verify-full` also for the host's name in it. `allow` encrypts where it
 * can. Channel binding, which postgres.js does not do, shows that nothing stands between; so does `verify-full`, which takes its
 * place.
 */
export function tlsFor(wish: TlsWish, hosts: readonly string[], byDefault: "disable" | "require"): Tls {
  const { rootCertificate, certificate, key, keyPassword, bound } = wish;
  const strict = bound || rootCertificate === "system";
  const mode = strict ? "verify-full" : (wish.mode ?? (rootCertificate || certificate ? "require" : byDefault));
  if (mode === "disable") return false;
  if (mode === "prefer" || mode === "allow") return "prefer";
  const own = {
    ...(certificate ? { cert: read("sslcert", certificate) } : {}),
    ...(key ? { key: read("sslkey", key) } : {}),
    ...(keyPassword ? { passphrase: keyPassword } : {}),
  };
  const trusted = rootCertificate && rootCertificate !== "system" ? read("sslrootcert", rootCertificate) : undefined;
  if (mode === "require" && trusted === undefined)
    return certificate ? { ...own, rejectUnauthorized: false } : "require";
  return {
    ...own,
    ...(trusted === undefined ? {} : { ca: trusted }),
    rejectUnauthorized: true,
    // Node would compare the certificate of an address with "localhost": the socket is open already when TLS begins.
    checkServerIdentity: (name, peer) =>
      mode === "verify-full" ? checkServerIdentity(hosts.length === 1 ? (hosts[0] ?? name) : name, peer) : undefined,
  };
}

function read(keyword: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new Error(
      `Reading the file of ${keyword} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
  }
}
