import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared } from "../host/declaration.ts";
import { type Kind, kind } from "../host/kind.ts";
import type { Configuration } from "./configuration.ts";
import { handOffDeclaration, type Inputs, type Outputs } from "./declarations/hand-off.ts";
import { inProgramFolder, isSameFile } from "./program-folder.ts";

type State = Inputs & Outputs;

const FORMAT_VERSION = 1;

/** How the reader of a database is reached, in a file that only the recipients' keys open. */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(handOffDeclaration),
  check: (news, unknowns) => checkWith(handOffDeclaration.inputs, news, unknowns),
  diff(olds, news) {
    const moved = !isSameFile(olds.path, news.path);
    const changes = compare(olds, news, {
      replace: moved ? ["path"] : [],
      update: ["recipients", "reader", ...(moved ? [] : ["path"])],
    });
    return olds.fileMatches === false ? [...changes, { property: "fileMatches", kind: "delete" }] : changes;
  },
  unsettled: () => ["sealed", "sha256", "fileMatches"],
  async create(_call, news) {
    return { id: news.path, state: await write(news) };
  },
  async read(_call, id, recorded) {
    if (!recorded) throw new Error("A HandOff cannot be imported: its content is sealed. Create it instead.");
    const held = await readIfThere(recorded.path);
    return held === undefined
      ? undefined
      : { id, state: { ...recorded, fileMatches: digest(held) === recorded.sha256 } };
  },
  update: (_call, _id, _olds, news) => write(news),
  async delete({ context }, _id, { path, sha256 }) {
    const held = await readIfThere(inProgramFolder(path));
    // What lies there may be the file of the resource that took this one's place, written after it.
    if (held !== undefined && digest(held) !== sha256) {
      context.warn(`${path} holds what another resource wrote: only the record goes, the file stays.`);
      return;
    }
    await rm(inProgramFolder(path), { force: true });
  },
};

export const handOff = kind(definition);

async function write(news: Inputs): Promise<State> {
  const sealed = await seal(news);
  const path = inProgramFolder(news.path);
  const partial = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    // Readable for all: only the recipients' keys open it.
    await writeFile(partial, sealed, { mode: 0o644 });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    const answer = error instanceof Error ? error.message : String(error);
    throw new Error(`Writing the hand-off ${path} failed: ${answer}. Make its folder writable, or set another path.`);
  }
  return { ...news, sealed, sha256: digest(sealed), fileMatches: true };
}

async function seal({ recipients, reader: content }: Inputs): Promise<string> {
  // Checked again: at check time parts may not have been known.
  const parsed = handOffDeclaration.inputs.shape.reader.safeParse(content);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new Error(`The hand-off is not written: ${problems.join("; ")}`);
  }
  // Loaded when used: most operations seal nothing.
  const { armor, Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(JSON.stringify({ version: FORMAT_VERSION, ...parsed.data })));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(inProgramFolder(path), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

function digest(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
