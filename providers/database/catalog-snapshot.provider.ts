import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Call, type Change, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import type { Database } from "./connection/database.ts";
import { keepRecordedWhenUnreachable } from "./connection/unreachable.ts";
import { catalogSnapshotDeclaration, type Inputs, type Outputs } from "./declarations/catalog-snapshot.ts";
import { withRestrictions } from "./foreign/probe.ts";
import { optionFailures } from "./foreign/server-options.ts";
import { markedInDatabase } from "./ownership.ts";
import { goneTables, readRecord } from "./snapshot/record.ts";
import { closeRemote } from "./snapshot/remote.ts";
import { takeSnapshot } from "./snapshot/take.ts";

type State = Inputs & Outputs;

/**
 * Tables of this database, filled once from another. Reading it contacts this database alone, so that it stays whole
 * while the publisher is down; what leads to the publisher exists only while a copy is made.
 */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(catalogSnapshotDeclaration),
  check(news, unknowns) {
    const checked = checkWith(catalogSnapshotDeclaration.inputs, news, unknowns);
    return { inputs: checked.inputs, failures: [...checked.failures, ...optionFailures(checked.inputs.options)] };
  },
  diff(olds, news) {
    const changes = compare(olds, news, {
      replace: replacingOf(catalogSnapshotDeclaration.inputs),
      update: ["generation"],
    });
    const known = [...Object.keys(olds.rows ?? {}), ...(olds.unpublished ?? [])];
    const added = news.tables.filter((table) => !known.includes(table));
    changes.push(...added.map((table): Change => ({ property: `tables[${news.tables.indexOf(table)}]`, kind: "add" })));
    if (olds.differences?.length > 0) changes.push({ property: "differences", kind: "delete" });
    return changes;
  },
  foresee(olds, news) {
    if (olds.generation === news.generation) return [];
    return [`every table is copied again from the publisher: the rows of the copy of ${olds.takenAt} are replaced`];
  },
  unsettled: () => ["rows", "unpublished", "notes", "takenAt", "differences"],
  async create(call, news) {
    return { id: `${news.projectRef}/${news.localSchema}`, state: await take(call, news) };
  },
  async read(call, id, recorded, recordedInputs) {
    if (!recorded) throw new Error("A CatalogSnapshot needs no import: creating the resource adopts what is there.");
    const wanted = { ...recorded, ...recordedInputs };
    const state = await attemptUnlessProjectGone(call, "Reading the snapshot of the catalog", (database) =>
      observe(database, wanted),
    );
    for (const difference of state?.differences ?? []) call.context.warn(`Snapshot of the catalog: ${difference}`);
    return state && { id, state };
  },
  update: (call, _id, _olds, news) => take(call, news),
  async delete(call, _id, { server }) {
    // The rows stay: they go with a switch of the catalog, which asks, or with the project.
    await attemptUnlessProjectGone(call, "Ending the snapshot of the catalog", ({ pool }) =>
      pool.begin(async (sql) => {
        await closeRemote((text) => sql.unsafe(text), server);
        await sql`delete from environment.settings where name = 'catalog_snapshot'`;
      }),
    );
  },
};

export const catalogSnapshot = kind(
  owned(
    keepRecordedWhenUnreachable(definition),
    markedInDatabase((id) => `catalog snapshot ${id}`),
  ),
);

function take(call: Call<Configuration>, news: Inputs): Promise<State> {
  return attempt(call, "Taking a snapshot of the catalog", async (database) => {
    const { signal, info, progress } = call.context;
    const report = { done: info, busy: progress };
    const mayDiscard = news.discardCatalogRows === "local-to-snapshot";
    const wanted = { ...news, roles: [], mayDiscard };
    const options = { signal, statementTimeoutMs: news.copyTimeoutSeconds * 1000 };
    const record = await database
      .fresh((sql) => takeSnapshot(sql, { wanted, report, signal }), options)
      .catch((error: unknown) => Promise.reject(withRestrictions(error, news.allowedFrom)));
    return { ...news, ...record, differences: [] };
  });
}

async function observe(database: Database, wanted: State): Promise<State> {
  const send = (text: string) => database.pool.unsafe(text);
  const record = await readRecord(send);
  if (!record) {
    const differences = ["no copy is complete: the next up makes it, or goes on with the one that was interrupted"];
    return { ...wanted, rows: {}, unpublished: [], notes: [], takenAt: "", differences };
  }
  // A table that this environment no longer lists is not missed.
  const copied = Object.keys(record.rows).filter((table) => wanted.tables.includes(table));
  const gone = await goneTables(send, wanted.localSchema, copied);
  return { ...wanted, ...record, differences: gone.map((table) => `${wanted.localSchema}.${table} is gone`) };
}
