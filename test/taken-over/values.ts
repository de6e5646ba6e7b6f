import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { armor, Encrypter, identityToRecipient } from "age-encryption";
import { cloudLayout } from "../../local/layout.ts";
import { readState } from "../../local/state.ts";
import { root } from "../support/run.ts";
import { fill, inJson } from "./placeholders.ts";
import type { Project } from "./restore-database.ts";

/** What the placeholders stand for in the cloud of a data folder: its addresses and keys, and secrets never used before. */
export async function freshValues(
  pair: Readonly<Record<string, Project>>,
  dataDir: string,
): Promise<Record<string, string>> {
  const state = await readState(cloudLayout(dataDir).state);
  if (!state) throw new Error(`There is no local cloud in ${dataDir}`);
  const { host, sessionPort, transactionPort } = state.network.pooler;
  const values: Record<string, string> = {
    checkout: root,
    "reader.password": randomBytes(30).toString("base64url"),
    ...named("pooler", { host, sessionPort: String(sessionPort), transactionPort: String(transactionPort) }),
  };
  for (const [name, { ref, password, keys }] of Object.entries(pair)) {
    const record = state.projects.find((project) => project.ref === ref);
    if (!record) throw new Error(`The local cloud in ${dataDir} has no project ${ref}`);
    const { address, organizationId: organization, createdAt } = record;
    const own = {
      ref,
      organization,
      createdAt,
      host: address.host,
      port: String(address.port),
      admin: record.internal.admin,
    };
    Object.assign(values, named(name, { ...own, ...keys, databasePassword: password }));
  }
  return values;
}

const named = (start: string, values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [`${start}.${key}`, value]));

/** The version of what `HandOff` seals. */
const FORMAT = 1;

/** Writes the file by which Production tells Preview its reader, for the key of this data folder. */
export async function sealHandOff(options: {
  fixture: string;
  dataDir: string;
  values: Readonly<Record<string, string>>;
}): Promise<Record<string, string>> {
  const { resources }: { resources: { type: string; outputs?: { reader?: { plaintext?: string } } }[] } = JSON.parse(
    readFileSync(join(options.fixture, "prod", "state.json"), "utf8"),
  ).deployment;
  const sealedIn = resources.find(({ type }) => type.endsWith(":HandOff"))?.outputs?.reader?.plaintext;
  if (!sealedIn) throw new Error(`The state of prod in ${options.fixture} has no hand-off`);
  const reader: object = JSON.parse(fill(sealedIn, options.values, inJson));
  const folder = join(options.dataDir, "hand-off");
  const recipient = await identityToRecipient(readFileSync(join(folder, "identity"), "utf8").trim());
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const sealed = armor.encode(await encrypter.encrypt(JSON.stringify({ version: FORMAT, ...reader })));
  const path = join(folder, "catalog-reader.age");
  await mkdir(folder, { recursive: true });
  await writeFile(path, sealed);
  return named("handOff", { path, recipient, sealed, sha256: createHash("sha256").update(sealed).digest("hex") });
}
