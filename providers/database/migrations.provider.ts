import type { Sql } from "postgres";
import { readJournal } from "../../db/migrate/journal.ts";
import { apply, type DatabaseSettings, type OnProgress, type Plan, plan, planOver } from "../../db/migrate.ts";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Call, type Kind, kind, type Properties } from "../host/kind.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import { keepRecordedWhenUnreachable } from "./connection/unreachable.ts";
import { type Inputs, migrationsDeclaration, type Outputs } from "./declarations/migrations.ts";
import { inProgramFolder } from "./program-folder.ts";
import { catalogTransition, foreseenSwitch, type SwitchOptions } from "./switch/catalog-switch.ts";
import { requireTokenHook } from "./token-hook.ts";

type State = Inputs & Outputs;

/**
 * The migrations of a folder, applied to a database, and the settings they branch on. `check` fills `migrations` (tag to
 * hash) from the folder and `read` fills it from the ledger, so that a diff names what is pending or was edited.
 * Deleting it changes nothing: a schema goes with its project, and undoing migrations would drop data.
 */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(migrationsDeclaration),
  check(news, unknowns) {
    const checked = checkWith(migrationsDeclaration.inputs, news, unknowns);
    if (checked.failures.length > 0 || unknowns.has("folder")) return checked;
    try {
      const journal = readJournal(inProgramFolder(String(checked.inputs.folder)));
      const migrations = Object.fromEntries(journal.migrations.map(({ tag, hash }) => [tag, hash]));
      return { inputs: { ...checked.inputs, migrations }, failures: [] };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { inputs: news, failures: [{ property: "folder", reason }] };
    }
  },
  diff: (olds, news) =>
    compare(olds, news, { replace: replacingOf(migrationsDeclaration.inputs), update: ["migrations", "settings"] }),
  foresee: (olds, news) => foreseenSwitch(olds.settings, switchOf(news)),
  unsettled: () => ["applied", "ledgerRows"],
  foreseeCreate: (call, news) =>
    attempt(call, "Reading the migration ledger", (database) =>
      database.fresh(async (sql) => adoption(await plan(sql, planned(news))), { signal: call.context.signal }),
    ),
  async create(call, news) {
    return { id: news.projectRef, state: await migrate(call, news) };
  },
  async read(call, id, recorded, recordedInputs) {
    if (!recorded) throw new Error("Migrations need no import: creating the resource adopts what the ledger holds.");
    const wanted = { ...recorded, ...recordedInputs };
    const state = await attemptUnlessProjectGone(
      call,
      "Reading the migration ledger",
      (database) => database.fresh((sql) => observe(sql, wanted), { signal: call.context.signal }),
      async (send) => stateOf(wanted, await planOver({ send }, planned(wanted))),
    );
    return state && { id, state };
  },
  update: (call, _id, _olds, news) => migrate(call, news),
  async delete() {},
};

export const migrations = kind(keepRecordedWhenUnreachable(definition));

/** What the first `up` does to a database that holds a ledger; nothing for an empty one, where that is plain. */
function adoption({ applied, accepted, unknown, pending, refusals }: Plan): string[] {
  if (applied.length + accepted.length + unknown.length === 0) return [];
  const runs =
    pending.length === 0 ? "no migration runs" : `these migrations run: ${pending.map(({ tag }) => tag).join(", ")}`;
  if (refusals.length > 0) return refusals.map(({ message }) => `up will refuse this database: ${message}`);
  return [`Taking over a database with ${applied.length} of our migrations and ${accepted.length} of others: ${runs}.`];
}

async function migrate(call: Call<Configuration>, news: Inputs): Promise<State> {
  return attempt(call, `Applying the migrations of ${news.folder}`, (database) =>
    // Statements are bounded by the runner, each as its file says.
    database.fresh(
      async (sql) => {
        const { lockTimeoutSeconds, statementTimeoutSeconds, lockWaitSeconds } = news;
        await apply(sql, {
          folder: inProgramFolder(news.folder),
          settings: settingsOf(news),
          transition: catalogTransition(switchOf(news)),
          onProgress: progressOf(call, Object.keys(news.migrations).length),
          ...milliseconds("lockTimeoutMs", lockTimeoutSeconds),
          ...milliseconds("statementTimeoutMs", statementTimeoutSeconds),
          ...milliseconds("lockWaitMs", lockWaitSeconds),
        });
        if (news.tokenHook !== undefined) await requireTokenHook(sql, news.tokenHook);
        return observe(sql, news);
      },
      { signal: call.context.signal, statementTimeoutMs: 0 },
    ),
  );
}

async function observe(sql: Sql, wanted: Inputs): Promise<State> {
  return stateOf(wanted, await plan(sql, planned(wanted)));
}

function planned(wanted: Inputs): { folder: string; settings: DatabaseSettings } {
  return { folder: inProgramFolder(wanted.folder), settings: settingsOf(wanted) };
}

function stateOf(wanted: Inputs, found: Plan): State {
  const applied = held(found);
  return {
    ...wanted,
    migrations: Object.fromEntries(applied.map(({ tag, hash }) => [tag, hash])),
    settings: liveSettings(wanted.settings, found),
    applied,
    ledgerRows: applied.length + found.accepted.length,
  };
}

// A row that is not known here counts as a difference, so that `up` runs into the runner's refusal and its advice.
function held({ applied, edited, deleted, unknown }: Plan): { tag: string; hash: string }[] {
  const changed = new Map(edited.map(({ tag, appliedHash }) => [tag, appliedHash]));
  const known = applied.map(({ tag, hash }) => ({ tag, hash: changed.get(tag) ?? hash }));
  const listed = new Set(known.map(({ tag }) => tag));
  const others = [
    ...edited.filter(({ tag }) => !listed.has(tag)).map(({ tag, appliedHash }) => ({ tag, hash: appliedHash })),
    ...deleted.filter(({ tag }) => !listed.has(tag)).map(({ tag, hash }) => ({ tag, hash })),
  ];
  return [...known, ...others, ...unknown.map(({ ledgerId, hash }) => ({ tag: `unknown row ${ledgerId}`, hash }))];
}

function liveSettings(wanted: Inputs["settings"], { settings }: Plan): Inputs["settings"] {
  const live: Inputs["settings"] = { ...wanted };
  for (const { name, from } of settings) {
    if (from === undefined) delete live[name];
    else live[name] = from;
  }
  return live;
}

function switchOf({ settings, discardCatalogRows }: Inputs): SwitchOptions {
  return { settings, discardRows: discardCatalogRows };
}

function settingsOf({ settings }: Pick<Inputs, "settings">): DatabaseSettings {
  // z.json() and the runner describe the same values.
  return settings as DatabaseSettings;
}

function progressOf(call: Call<Configuration>, total: number): OnProgress {
  let done = 0;
  return (event) => {
    const { progress } = call.context;
    if (event.kind === "migration") progress(`${event.tag}: applied (${++done}, ${total} in the folder)`);
    else if (event.kind === "statement") progress(`${event.tag}: statement ${event.statement} of ${event.total}`);
    else if (event.kind === "waiting") progress("waiting for another run of the migrations to end");
    else if (event.kind === "retry") progress(`${event.tag}: SQLSTATE ${event.sqlstate}, trying again`);
    else progress(`${event.tag}: recovering statement ${event.statement} (${event.action})`);
  };
}

function milliseconds(name: string, value: number | undefined): Properties {
  return value === undefined ? {} : { [name]: value * 1000 };
}
