import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Call, type Change, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import { keepRecordedWhenUnreachable } from "./connection/unreachable.ts";
import { foreignCatalogDeclaration, type Inputs } from "./declarations/foreign-catalog.ts";
import { dropCatalog, establishCatalog } from "./foreign/establish.ts";
import { type Observation, observeCatalog, readCatalogAs } from "./foreign/observe.ts";
import { READABLE, withRestrictions } from "./foreign/probe.ts";
import { optionFailures } from "./foreign/server-options.ts";
import { gatherStatistics } from "./foreign/statistics.ts";
import { markedInDatabase } from "./ownership.ts";
export type State = Inputs & Observation;

const COMPARED = {
  replace: replacingOf(foreignCatalogDeclaration.inputs),
  update: ["remoteSchema", "user", "vaultSecret", "secretRevision", "options"],
};

/**
 * A schema of another database as foreign tables. What `read` finds wrong, a publisher that does not answer included, is
 * a difference and no failure: the `up` that corrects it begins with a refresh. A publisher that still does not answer
 * when the difference is to be corrected fails that `up`, after twice `timeoutSeconds` at most.
 */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(foreignCatalogDeclaration),
  check(news, unknowns) {
    const checked = checkWith(foreignCatalogDeclaration.inputs, news, unknowns);
    return { inputs: checked.inputs, failures: [...checked.failures, ...optionFailures(checked.inputs.options)] };
  },
  diff(olds, news) {
    const changes = compare(olds, news, COMPARED);
    for (const list of ["tables", "roles"] as const) changes.push(...setChanges(list, olds[list] ?? [], news[list]));
    if (olds.differences?.length > 0) changes.push({ property: "differences", kind: "delete" });
    return changes;
  },
  unsettled: () => ["differences", "probes", "withheld"],
  async create(call, news) {
    return { id: news.server, state: await establish(call, news) };
  },
  async read(call, id, recorded, recordedInputs) {
    if (!recorded) throw new Error("A ForeignCatalog needs no import: creating the resource adopts what is there.");
    const wanted = { ...recorded, ...recordedInputs };
    const state = await attemptUnlessProjectGone(call, `Reading foreign server ${id}`, async (database) => {
      const observation = await observeCatalog({ database, signal: call.context.signal, wanted });
      return observation && { ...wanted, ...observation };
    });
    for (const text of [...(state?.differences ?? []), ...(state?.withheld ?? [])]) {
      call.context.warn(`Foreign server ${id}: ${text}`);
    }
    return state && { id, state };
  },
  update: (call, _id, _olds, news) => establish(call, news),
  async delete(call, id, olds) {
    await attemptUnlessProjectGone(call, `Deleting foreign server ${id} and its tables`, (database) =>
      database.fresh((sql) => dropCatalog(sql, { ...olds, server: id }), { signal: call.context.signal }),
    );
  },
};

export const foreignCatalog = kind(
  owned(
    keepRecordedWhenUnreachable(definition),
    markedInDatabase((id) => `foreign server ${id}`),
  ),
);

async function establish(call: Call<Configuration>, news: Inputs): Promise<State> {
  const { server, timeoutSeconds } = news;
  return attempt(call, `Setting up foreign server ${server}`, async (database) => {
    const { signal } = call.context;
    const options = { signal, statementTimeoutMs: 2 * timeoutSeconds * 1000 };
    const changes = await database
      .fresh((sql) => establishCatalog(sql, news), options)
      .catch((error: unknown) => Promise.reject(withRestrictions(error, news.allowedFrom)));
    for (const change of changes) call.context.progress(change);
    const reading = await readCatalogAs({ database, signal, wanted: news });
    const failed = Object.entries(reading.probes).filter(([, answer]) => answer !== READABLE);
    if (failed.length > 0) {
      const answers = failed.map(([role, answer]) => `\n  - as ${role}: ${answer}`).join("");
      throw new Error(`Foreign server ${server} is set up, and the catalog cannot be read through it:${answers}`);
    }
    const unknown = await database.fresh((sql) => gatherStatistics(sql, news), options);
    if (unknown) call.context.warn(`Foreign server ${server}: ${unknown}`);
    for (const text of reading.withheld) call.context.warn(`Foreign server ${server}: ${text}`);
    return { ...news, differences: [], ...reading };
  });
}

// The order of tables and roles means nothing: only members that came or went are changes.
function setChanges(name: string, before: string[], after: string[]): Change[] {
  const at = (members: string[], member: string) => `${name}[${members.indexOf(member)}]`;
  const added = after.filter((member) => !before.includes(member));
  const gone = before.filter((member) => !after.includes(member));
  return [
    ...added.map((member): Change => ({ property: at(after, member), kind: "add" })),
    ...gone.map((member): Change => ({ property: at(before, member), kind: "delete" })),
  ];
}
