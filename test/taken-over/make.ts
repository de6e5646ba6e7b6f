import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { identityToRecipient } from "age-encryption";
import { localBackend } from "../../engine/backend.ts";
import { type Engine, resolveEngine } from "../../engine/resolve.ts";
import { cloudLayout } from "../../local/layout.ts";
import { type CloudState, type ProjectRecord, readState } from "../../local/state.ts";
import { dumpDatabase, publicHashes } from "./dump.ts";
import { blankState } from "./placeholders.ts";
import { findSecrets } from "./secrets.ts";

// Makes a fixture of a pair that runs in a local cloud. When and how: ../fixtures/README.md.

const PROJECT = "tailfire";
const STACKS = ["prod", "preview"] as const;
type StackName = (typeof STACKS)[number];

interface Exported {
  readonly deployment: {
    readonly resources: readonly { type: string; outputs?: Record<string, unknown> }[];
    readonly secrets_providers?: unknown;
  };
}

const text = { type: "string" } as const;
const { values: given } = parseArgs({ options: { data: text, checkout: text, tools: text, out: text } });
const { data = ".data", checkout = ".", tools, out } = given;
if (!tools || !out) throw new Error("Name --tools FOLDER (of pg_dump 17) and --out FOLDER");
const dataDir = resolve(data);

async function exportState({ command }: Engine, stack: StackName): Promise<Exported> {
  const backend = localBackend(dataDir, PROJECT, stack);
  const env = {
    PATH: process.env.PATH,
    PULUMI_HOME: backend.homeDir,
    PULUMI_BACKEND_URL: `file://${backend.stateDir}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: backend.passphraseFile,
  };
  const args = ["stack", "export", "--show-secrets", "--stack", stack];
  return JSON.parse((await command.execute(args, { cwd: backend.workDir, env })).stdout);
}

/** A property of the one resource of a type, opened where it is a secret. */
function property(state: Exported, type: string, name: string): string {
  const held = state.deployment.resources.find((resource) => resource.type.endsWith(`:${type}`))?.outputs?.[name];
  if (typeof held === "object" && held !== null && "plaintext" in held) return JSON.parse(String(held.plaintext));
  if (held === undefined) throw new Error(`${type} has no ${name}`);
  return String(held);
}

function recordOf(cloud: CloudState, stack: StackName): ProjectRecord {
  const record = cloud.projects.find(({ name }) => name === `${PROJECT}-${stack}`);
  if (!record) throw new Error(`The local cloud of ${dataDir} has no project ${PROJECT}-${stack}`);
  return record;
}

/** Values by which the pair differs from every other, with the names that stand for them. */
async function namesOf(cloud: CloudState, states: Record<StackName, Exported>): Promise<Map<string, string>> {
  if (cloud.network.mode !== "addresses") throw new Error("Where projects share an address, values are ambiguous");
  const names = new Map<string, string>([[cloud.network.pooler.host, "pooler.host"]]);
  for (const stack of STACKS) {
    const record = recordOf(cloud, stack);
    names.set(record.ref, `${stack}.ref`).set(record.address.host, `${stack}.host`);
    names.set(record.organizationId, `${stack}.organization`).set(record.createdAt, `${stack}.createdAt`);
    for (const key of ["databasePassword", "anonKey", "serviceRoleKey", "publishableKey", "secretKey"])
      names.set(property(states[stack], "Project", key), `${stack}.${key}`);
  }
  const { prod } = states;
  for (const key of ["path", "sealed", "sha256"]) names.set(property(prod, "HandOff", key), `handOff.${key}`);
  const identity = readFileSync(join(dataDir, "hand-off", "identity"), "utf8").trim();
  names.set(identity, "handOff.identity").set(await identityToRecipient(identity), "handOff.recipient");
  return names.set(property(prod, "ReaderRole", "password"), "reader.password").set(resolve(checkout), "checkout");
}

function stateText({ deployment, ...rest }: Exported, names: ReadonlyMap<string, string>): string {
  // The salt belongs to the passphrase of the source; a stack that the state is put into has its own.
  const { secrets_providers: _, ...kept } = deployment;
  return json(blankState({ ...rest, deployment: kept }, names));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** The marks of a secret in a state of the engine, and what it signs a state of its version with. */
const ofEngine = ({ version }: Engine): string[] => [
  "4dabf18193072939515e22adb298388d",
  "1b47061264138c4ac30d75fd1eb44270",
  createHash("sha256").update(`v${version}`).digest("hex"),
];

/** Refuses a text that still holds a value of the source, as it is or encoded, or anything that looks like a secret. */
function requireClean(name: string, content: string, names: ReadonlyMap<string, string>, harmless: string[]): void {
  const forms = [...names.keys()].flatMap((value) => [
    value,
    Buffer.from(value).toString("base64"),
    Buffer.from(value).toString("hex"),
  ]);
  const found = [...forms.filter((form) => content.includes(form)), ...findSecrets(content, new Set(harmless))];
  if (found.length > 0) throw new Error(`${name} still holds ${found.length} values of its source`);
}

async function main(folder: string, toolsFolder: string): Promise<void> {
  const cloud = await readState(cloudLayout(dataDir).state);
  if (!cloud) throw new Error(`There is no local cloud in ${dataDir}`);
  const engine = await resolveEngine({});
  const states = { prod: await exportState(engine, "prod"), preview: await exportState(engine, "preview") };
  const names = await namesOf(cloud, states);
  const harmless = [...(await publicHashes(recordOf(cloud, "prod"))), ...ofEngine(engine)];
  const texts = new Map([["harmless.txt", `${harmless.join("\n")}\n`]]);
  texts.set("drift-history.jsonl", readFileSync(join(dataDir, "drift", "history.jsonl"), "utf8"));
  for (const stack of STACKS) {
    const record = recordOf(cloud, stack);
    const reader = stack === "prod" ? property(states.prod, "ReaderRole", "user") : undefined;
    for (const [name, content] of await dumpDatabase({ stack, record, tools: toolsFolder, names, reader }))
      texts.set(`${stack}/${name}`, content);
    texts.set(`${stack}/state.json`, stateText(states[stack], names));
    texts.set(`${stack}/settings.json`, json({ auth: record.settings.auth }));
  }
  for (const [name, content] of texts) requireClean(name, content, names, harmless);
  for (const [name, content] of texts) {
    const path = join(folder, name.endsWith("contents.sql") ? `${name}.gz` : name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, path.endsWith(".gz") ? gzipSync(content, { level: 9 }) : content);
    console.log(`${createHash("sha256").update(content).digest("hex").slice(0, 12)}  ${content.length}  ${path}`);
  }
}

await main(resolve(out), tools);
