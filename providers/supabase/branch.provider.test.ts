import { afterAll, beforeAll, expect, test } from "vitest";
import { Life } from "../../test/supabase/life.ts";
import { skipUnlessServed } from "../../test/supabase/settings-life.ts";
import { Trial, whoAmI } from "../../test/supabase/trial.ts";
import { CreatedNotReady } from "../host/kind.ts";
import { branchKind, branchLifecycle } from "./branch.provider.ts";
import type { BranchState } from "./branch-state.ts";

let trial: Trial;
let parentProjectRef: string;
beforeAll(async () => {
  trial = await Trial.open();
  parentProjectRef = await trial.createOutside("branched");
});
afterAll(() => trial.close());

const branches = async () =>
  (await trial.client.listAllBranches(parentProjectRef)).data
    .filter((branch) => !branch.is_default)
    .map(({ name, git_branch, persistent }) => ({ name, git_branch, persistent }));

test("created and usable, unchanged, updated, adopted, imported, expired, demoted and deleted, twice", async (context) => {
  await skipUnlessServed(context, { trial, ref: parentProjectRef, path: "/branches", method: "POST" });
  const program = { parentProjectRef, gitBranch: "feature/one", persistent: true };
  const life = new Life({ kind: branchKind, trial });
  await life.up(program);
  const { host, port, user, password } = life.state.database;
  expect(await whoAmI({ host, port, user: user ?? "", database: "postgres" }, password)).toBe("postgres");
  expect(await branches()).toEqual([{ name: "feature/one", git_branch: "feature/one", persistent: true }]);
  await life.refresh();
  expect(life.diff(program)).toEqual([]);
  expect(life.diff({ ...program, withData: true })).toEqual(["withData (replace)"]);
  const renamed = { ...program, name: "one", gitBranch: "feature/two" };
  expect(await life.up(renamed)).toEqual(["gitBranch", "name"]);
  expect(await branches()).toEqual([{ name: "one", git_branch: "feature/two", persistent: true }]);
  expect(await life.up({ ...renamed, persistent: false })).toEqual(["persistent"]);
  expect(await branches()).toMatchObject([{ name: "one", persistent: false }]);
  expect(await life.up(renamed)).toEqual(["persistent"]);
  expect(await branches()).toMatchObject([{ name: "one", persistent: true }]);

  const adopted = new Life({ kind: branchKind, trial });
  await adopted.up(renamed);
  expect(adopted.id).toBe(life.id);
  const imported = new Life({ kind: branchKind, trial });
  await imported.import(`${parentProjectRef}/${life.id}`);
  expect(imported.diff(renamed)).toEqual([]);

  const replaced = { ...renamed, withData: true };
  const first = life.id;
  expect(await life.up(replaced)).toEqual(["withData (replace)"]);
  expect(life.id).not.toBe(first);
  expect((await trial.client.listAllBranches(parentProjectRef)).data.filter((one) => !one.is_default)).toMatchObject([
    { id: life.id, with_data: true },
  ]);
  await trial.client.updateABranchConfig(life.id, { persistent: false });
  await trial.client.deleteABranch(life.id);
  expect(await life.refresh()).toBe(false);
  await life.up(renamed);

  await life.up({ ...renamed, expiresAt: "2020-01-01T00:00:00Z" });
  await life.refresh();
  expect(trial.messages.at(-1)).toMatch(/expired at 2020-01-01T00:00:00Z: destroy it/);
  const late = new Life({ kind: branchKind, trial });
  const expired = { ...program, gitBranch: "late", expiresAt: "2020-01-01T00:00:00Z" };
  await expect(late.up(expired)).rejects.toThrow(/expired at 2020.* is not created/);
  await life.delete();
  expect(await branches()).toEqual([]);
  await life.delete();
  expect(await life.refresh()).toBe(false);
});

test("a create that was cut short is waited for by the next run, whatever the status says", async (context) => {
  await skipUnlessServed(context, { trial, ref: parentProjectRef, path: "/branches", method: "POST" });
  const inputs = { parentProjectRef, gitBranch: "cut-fault-ready-before-usable-3s" };
  const cancel = new AbortController();
  setTimeout(() => cancel.abort(), 500);
  const cut = await branchLifecycle
    .create(trial.call({ signal: cancel.signal }), inputs)
    .catch((error: unknown) => error);
  if (!(cut instanceof CreatedNotReady)) throw cut;
  const read = await branchLifecycle.read(trial.call(), cut.id, cut.state as unknown as BranchState, inputs);
  if (!read) throw new Error("the branch is gone");
  expect(branchLifecycle.diff(read.state, inputs, inputs)).toMatchObject([{ property: "database", kind: "update" }]);
  const { database } = await branchLifecycle.update(trial.call(), cut.id, read.state, inputs);
  const { host, port, user = "", password } = database;
  expect(await whoAmI({ host, port, user, database: "postgres" }, password)).toBe("postgres");
  await branchLifecycle.delete(trial.call(), cut.id, read.state);
});
