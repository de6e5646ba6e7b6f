import { locksHeld } from "../../engine/backend.ts";
import { StackBusyError } from "../../engine/error.ts";
import { loadCloud, readSaved, type SavedCloud, saveCloud, savedClouds } from "../../local/saved.ts";
import { UsageError } from "./arguments.ts";
import { confirm } from "./confirm.ts";

/** Which saved cloud of which data folder. */
interface Named {
  readonly dataDir: string;
  /** Its name. */
  readonly word: string;
  /** Do not ask. */
  readonly yes: boolean;
}

/** What is said of it. */
interface Told {
  readonly text: string;
  readonly json: object;
  readonly ending: "done";
}

/** Keeps the local cloud under a name; asks where the name is taken. */
export async function save({ dataDir, word: name, yes }: Named): Promise<Told> {
  await requireIdle(dataDir);
  if ((await readSaved({ dataDir, name })) && !yes)
    await confirm({ question: `Save over ${name}?`, attempted: `Saving the local cloud as ${name}` });
  const saved = await saveCloud({ dataDir, name, replace: true });
  return { text: `Saved: ${savedLine(saved)}`, json: saved, ending: "done" };
}

/** Puts a saved cloud in the place of the one there is; asks. */
export async function load({ dataDir, word: name, yes }: Named): Promise<Told> {
  await requireIdle(dataDir);
  const saved = await readSaved({ dataDir, name });
  if (!saved) throw new UsageError(`there is no saved cloud "${name}": npm run local -- saved lists them`);
  const question = `Replace the local cloud, its databases and the states of its stacks by ${savedLine(saved)}?`;
  if (!yes) await confirm({ question, attempted: `Loading the local cloud ${name}` });
  await loadCloud({ dataDir, name });
  return { text: `Loaded: ${savedLine(saved)}`, json: saved, ending: "done" };
}

/** Lists the saved clouds. */
export async function saved({ dataDir }: Pick<Named, "dataDir">): Promise<Told> {
  const found = await savedClouds({ dataDir });
  const text = found.length === 0 ? "No saved clouds." : found.map(savedLine).join("\n");
  return { text, json: { saved: found }, ending: "done" };
}

function savedLine({ name, savedAt, projects, folder }: SavedCloud): string {
  return `${name}  ${savedAt.slice(0, 16)}Z  ${projects.join(", ") || "no projects"}  (${folder})`;
}

/** A state that is written while it is copied would be half of it. @throws StackBusyError */
async function requireIdle(dataDir: string): Promise<void> {
  const [holder] = await locksHeld(dataDir);
  if (!holder) return;
  throw new StackBusyError({
    attempted: "Stopping the local cloud",
    answered: `process ${holder.pid} works on stack ${holder.stack}`,
    next: "Nothing was changed. Wait until it is done, then run the command again.",
  });
}
