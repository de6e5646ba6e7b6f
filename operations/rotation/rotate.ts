import { EngineError, InterruptedError, RefusedError } from "../../engine/error.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import { pendingLines, pendingMigrations } from "../session/pending.ts";
import type { Rotation, RotationStore } from "./store.ts";

export interface RotateOptions {
  /** Name of the publisher's stack. */
  readonly publisher: string;
  /** Names of the stacks that read its catalog. */
  readonly subscribers: readonly string[];
  readonly store: RotationStore;
  /** Opens a stack with the configuration as it is then. */
  readonly open: (stack: string) => Promise<EnvironmentStack>;
  readonly say: (line: string) => void;
}

/** What a rotation did. */
export interface RotateReport {
  readonly generation: number;
  /** A rotation that had been interrupted was finished, instead of beginning another. */
  readonly resumed: boolean;
  /** The login that may be used now. */
  readonly reader: string;
  readonly switched: readonly string[];
}

/**
 * Gives the reader of the catalog a new login and password without an outage: the publisher makes the other login of
 * the next generation, every subscriber is given it and probed as each of its roles, and only then is the old login
 * retired and dropped. Nothing else of any stack is touched: pending migrations stay pending. The configuration says how far it came, so that a second run finishes what a first
 * one began. @throws RefusedError where the stack publishes no catalog: nothing was written. EngineError when a subscriber
 * could not be switched; the old login then stays valid.
 */
export async function rotate(options: RotateOptions): Promise<RotateReport> {
  const { publisher, subscribers, store, open, say } = options;
  const recorded = await readerOf(await open(publisher));
  const before = await store.read();
  const resumed = before.generation > 1 && !isFinished(recorded, before);
  const generation = resumed ? before.generation : before.generation + 1;
  say(resumed ? `Finishing the rotation to generation ${generation}` : `Rotating to generation ${generation}`);
  if (!resumed) await store.write({ generation, previousRetired: false });
  const reader = await publish(await open(publisher), say);
  say(`${publisher}: login ${reader} is ready and handed over`);
  const failed: string[] = [];
  for (const name of subscribers) {
    try {
      await subscribe(await open(name), reader, say);
      say(`${name}: reads as ${reader}`);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      failed.push(name);
      say(`${name}: not switched. ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) throw notSwitched(failed, generation);
  await store.write({ generation, previousRetired: true });
  await upOf(await open(publisher), PUBLISHED);
  say(`${publisher}: the login before is retired; it is dropped when its last query has ended`);
  return { generation, resumed, reader, switched: subscribers };
}

type Reader = Readonly<Record<string, unknown>>;

/** What a publisher's last operation recorded of its reader. @throws RefusedError where it has none */
async function readerOf(stack: EnvironmentStack): Promise<Reader> {
  const reader = (await stack.resources()).find(({ type }) => type === "database:index:ReaderRole");
  if (reader) return reader.outputs ?? {};
  throw new RefusedError({
    attempted: `Rotating the reader of ${stack.name}`,
    answered: "this stack publishes no catalog",
    next: "Nothing was changed. Name the stack whose configuration says catalog: publish, once it has been brought up.",
  });
}

/** Whether the publisher is what its configuration says, with no older login left to retire. */
function isFinished(reader: Reader, { generation, previousRetired }: Rotation): boolean {
  return previousRetired && reader.retirePrevious === true && Number(reader.generation) === generation;
}

/** The resources of a publisher and of a subscriber that hold its login. */
const PUBLISHED = ["database:index:ReaderRole", "database:index:HandOff"];
const MIGRATIONS = "database:index:Migrations";
const SUBSCRIBED = ["database:index:VaultSecret", "database:index:ForeignCatalog"];

async function upOf(stack: EnvironmentStack, types: readonly string[]): Promise<void> {
  const targets = (await stack.resources()).filter(({ type }) => types.includes(type)).map(({ urn }) => urn);
  if (targets.length > 0) await stack.up({ targets });
}

async function sayPending(stack: EnvironmentStack, say: (line: string) => void): Promise<void> {
  for (const line of pendingLines(await pendingMigrations(stack))) say(`${stack.name}: ${line}`);
}

async function publish(stack: EnvironmentStack, say: (line: string) => void): Promise<string> {
  await upOf(stack, PUBLISHED);
  await sayPending(stack, say);
  const { readerRole } = await stack.outputs();
  return String(readerRole?.value);
}

async function subscribe(stack: EnvironmentStack, reader: string, say: (line: string) => void): Promise<void> {
  // Migrations records the login, too. While some are pending it stays as it is, and says so until they ran.
  const isSettled = (await pendingMigrations(stack)).length === 0;
  await upOf(stack, isSettled ? [...SUBSCRIBED, MIGRATIONS] : SUBSCRIBED);
  await sayPending(stack, say);
  const catalog = (await stack.resources()).find(({ type }) => type === "database:index:ForeignCatalog");
  // A stack may have been taken off the catalog since; then nothing of it uses any login.
  const user = catalog && String(catalog.outputs?.user);
  // Through a session pooler the reference of the project follows the login.
  if (user === undefined || user === reader || user.startsWith(`${reader}.`)) return;
  throw new Error(`it reads as ${user}: its hand-off is older than the publisher's. Fetch the newest one.`);
}

function notSwitched(stacks: readonly string[], generation: number): EngineError {
  return new EngineError({
    attempted: `Rotating the reader to generation ${generation}`,
    answered: `not every subscriber was switched: ${stacks.join(", ")}`,
    next:
      "The old login stays valid. Run npm run rotate again when they can be reached, or leave them behind with " +
      "--leave NAME,NAME: they cannot read the catalog then until their next up.",
  });
}
