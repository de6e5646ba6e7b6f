import { expect, test } from "vitest";
import type { StateResource } from "../backend.ts";
import { EngineError } from "../error.ts";
import type { FinishedStep, OperationResult } from "../result.ts";
import type { DeclaredResource } from "../sdk-patches/declared.ts";
import { keepersOf, leavesAll, refuseLosses, replaceableBy } from "./loss.ts";

const urnOf = (type: string, name: string) =>
  `urn:pulumi:prod::tailfire::environment:index:Environment$${type}::${name}`;
const project = urnOf("supabase:index/project:Project", "prod");
const secret = urnOf("database:index:VaultSecret", "prod-reader");
const catalog = urnOf("database:index:ForeignCatalog", "prod");
const typeOf = (urn: string) => urn.split("$")[1]?.split("::")[0] ?? "";
const resources = [project, secret, catalog].map((urn): StateResource => ({ urn, type: typeOf(urn), custom: true }));
const keepers = keepersOf(resources, undefined);

function look(...steps: readonly (readonly [urn: string, op: string])[]) {
  const asked: (readonly string[] | undefined)[] = [];
  const answer = async (targets: readonly string[] | undefined): Promise<OperationResult> => {
    asked.push(targets);
    const same = (targets ?? []).map((urn) => [urn, "same"] as const);
    const planned = [...same, ...steps].map(([urn, op]) => ({ urn, op, type: typeOf(urn) }) as FinishedStep);
    return { operation: "up", stack: "prod", changes: {}, changed: true, steps: planned, seconds: 0 };
  };
  return { asked, answer };
}

test("what would be lost is named once each, with what asks for it; what holds nothing may go", async () => {
  const { asked, answer } = look(
    [project, "create-replacement"],
    [project, "replace"],
    [project, "delete-replaced"],
    [secret, "delete"],
    [catalog, "delete"],
  );
  const refused = await refuseLosses("prod", { keepers, look: answer }).catch((error: Error) => error.message);
  expect(refused).toBe(
    "up of stack prod failed: it replaces Project prod; data is lost. it deletes VaultSecret prod-reader; data is lost. " +
      "Nothing was changed\nTake back the change that causes it. To lose it all the same, name it: " +
      'npm run up -- prod --lose "Project prod,VaultSecret prod-reader"',
  );
  expect(asked).toEqual([[project, secret]]);
});

test("only what was named is lost", async () => {
  const { answer } = look([project, "replace"], [secret, "delete"]);
  const wanted = { keepers, look: answer };
  await expect(refuseLosses("prod", { ...wanted, lose: ["Project prod"] })).rejects.toThrow(/it deletes VaultSecret/);
  await expect(refuseLosses("prod", { ...wanted, lose: ["Project preview"] })).rejects.toThrow(/Project prod/);
  await refuseLosses("prod", { ...wanted, lose: ["Project prod", "VaultSecret prod-reader"] });
});

test("an operation on resources that hold nothing looks at nothing", async () => {
  const { asked, answer } = look([project, "replace"]);
  await refuseLosses("prod", { keepers: keepersOf(resources, [catalog]), look: answer });
  await refuseLosses("prod", { keepers: [], look: answer });
  const failed = keepers.map((one) => ({ ...one, outputs: { status: "INIT_FAILED" } }));
  await refuseLosses("prod", { keepers: failed, look: answer });
  expect(asked).toEqual([]);
});

test("a project that the program calls by another name is looked at with all, and kept as well", async () => {
  const renamed = urnOf("supabase:index/project:Project", "main");
  const asked: (readonly string[] | undefined)[] = [];
  const answer = async (targets: readonly string[] | undefined): Promise<OperationResult> => {
    asked.push(targets);
    const op = targets ? "same" : "replace";
    const planned = [
      { urn: project, op: "refresh", type: typeOf(project) } as FinishedStep,
      { urn: renamed, op, type: typeOf(renamed) } as FinishedStep,
    ];
    return { operation: "up", stack: "prod", changes: {}, changed: true, steps: planned, seconds: 0 };
  };
  await expect(refuseLosses("prod", { keepers, look: answer })).rejects.toThrow(/it replaces Project main/);
  expect(asked).toEqual([[project, secret], undefined]);
});

test("where these alone cannot be looked at, all is", async () => {
  const { asked, answer } = look([project, "replace"]);
  const targets = "it depends on one that is not in the --target list";
  const some = async (urns: readonly string[] | undefined) => {
    if (urns === undefined) return answer(urns);
    throw new EngineError({ attempted: "up of stack prod", answered: targets, next: "" });
  };
  await expect(refuseLosses("prod", { keepers, look: some })).rejects.toThrow(/replaces Project prod/);
  expect(asked).toEqual([undefined]);
  const cut = () => Promise.reject(new EngineError({ attempted: "up", answered: "ECONNREFUSED", next: "" }));
  await expect(refuseLosses("prod", { keepers, look: cut })).rejects.toThrow("ECONNREFUSED");
});

const inputs = { projectRef: "ref-of-prod", name: "reader" };
const recorded = resources.map((one): StateResource => {
  if (one.urn === secret) return { ...one, id: "7", inputs, outputs: inputs };
  const held = { region: "ca-central-1", organizationId: "ours", name: "prod" };
  return { ...one, id: "ref-of-prod", inputs: held, outputs: { ...held, ref: "ref-of-prod" } };
});
const held = keepersOf(recorded, undefined);

function declaring(urn: string, change: Partial<DeclaredResource> = {}): DeclaredResource[] {
  const all = held.map(
    (one): DeclaredResource => ({
      urn: one.urn,
      inputs: one.inputs ?? {},
      sources: one.urn === secret ? { projectRef: [project] } : {},
      importId: "",
      isReplacedByOptions: false,
    }),
  );
  return all.map((one) => (one.urn === urn ? { ...one, ...change } : one));
}

test("a program plainly leaves what it declares as recorded; everything else is for the engine to tell", () => {
  expect(leavesAll(held, declaring(project))).toBe(true);
  const elsewhere = { region: "eu-west-1", organizationId: "ours" };
  expect(leavesAll(held, declaring(project, { inputs: elsewhere }))).toBe(false);
  expect(leavesAll(held, declaring(project, { inputs: { region: "ca-central-1" } }))).toBe(false);
  expect(leavesAll(held, declaring(project, { importId: "ref-of-prod" }))).toBe(true);
  expect(leavesAll(held, declaring(project, { importId: "another" }))).toBe(false);
  expect(leavesAll(held, declaring(project, { isReplacedByOptions: true }))).toBe(false);
  expect(leavesAll(held, declaring(secret, { sources: { projectRef: [catalog] } }))).toBe(false);
  expect(leavesAll(held, declaring(secret, { urn: `${secret}-2` }))).toBe(false);
  expect(leavesAll(held, [])).toBe(false);
  for (const mark of [{ taint: true }, { pendingReplacement: true }, { type: "cloud:storage:Bucket" }]) {
    expect(leavesAll([{ ...(held[0] as StateResource), ...mark }], declaring(project))).toBe(false);
  }
});

test("a project is named by its program, too, by the name it has; what lies in it goes with it", async () => {
  const yes = (replaceProject: string) => declaring(project, { inputs: { replaceProject } });
  expect(replaceableBy(yes("prod"), held)).toEqual(["Project prod"]);
  expect(replaceableBy(yes("preview"), held)).toEqual([]);
  const { answer } = look([project, "replace"], [secret, "delete-replaced"]);
  await refuseLosses("prod", { keepers: held, look: answer, lose: ["Project prod"] });
  const other = held.map((one) => (one.urn === secret ? { ...one, inputs: { ...inputs, projectRef: "other" } } : one));
  const refused = refuseLosses("prod", { keepers: other, look: answer, lose: ["Project prod"] });
  await expect(refused).rejects.toThrow(/it replaces VaultSecret prod-reader/);
});
