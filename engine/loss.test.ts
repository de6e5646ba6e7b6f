import { expect, test } from "vitest";
import type { StateResource } from "./backend.ts";
import { EngineError } from "./error.ts";
import { refuseLosses } from "./loss.ts";
import type { FinishedStep, OperationResult } from "./result.ts";

const urnOf = (type: string, name: string) =>
  `urn:pulumi:prod::tailfire::environment:index:Environment$${type}::${name}`;
const project = urnOf("supabase:index/project:Project", "prod");
const secret = urnOf("database:index:VaultSecret", "prod-reader");
const catalog = urnOf("database:index:ForeignCatalog", "prod");
const typeOf = (urn: string) => urn.split("$")[1]?.split("::")[0] ?? "";
const resources = [project, secret, catalog].map((urn): StateResource => ({ urn, type: typeOf(urn), custom: true }));

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
  const refused = await refuseLosses("prod", { resources, look: answer }).catch((error: Error) => error.message);
  expect(refused).toBe(
    "up of stack prod failed: it replaces Project prod; data is lost. it deletes VaultSecret prod-reader; data is lost. " +
      "Nothing was changed\nTake back the change that causes it. To lose it all the same, name it: " +
      'npm run up -- prod --lose "Project prod,VaultSecret prod-reader"',
  );
  expect(asked).toEqual([[project, secret]]);
});

test("only what was named is lost", async () => {
  const { answer } = look([project, "replace"], [secret, "delete"]);
  const wanted = { resources, look: answer };
  await expect(refuseLosses("prod", { ...wanted, lose: ["Project prod"] })).rejects.toThrow(/it deletes VaultSecret/);
  await expect(refuseLosses("prod", { ...wanted, lose: ["Project preview"] })).rejects.toThrow(/Project prod/);
  await refuseLosses("prod", { ...wanted, lose: ["Project prod", "VaultSecret prod-reader"] });
});

test("an operation on resources that hold nothing looks at nothing", async () => {
  const { asked, answer } = look([project, "replace"]);
  await refuseLosses("prod", { resources, targets: [catalog], look: answer });
  await refuseLosses("prod", { resources: [], look: answer });
  const failed = resources.map((one) => ({ ...one, outputs: { status: "INIT_FAILED" } }));
  await refuseLosses("prod", { resources: failed, look: answer });
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
  await expect(refuseLosses("prod", { resources, look: answer })).rejects.toThrow(/it replaces Project main/);
  expect(asked).toEqual([[project, secret], undefined]);
});

test("where these alone cannot be looked at, all is", async () => {
  const { asked, answer } = look([project, "replace"]);
  const targets = "it depends on one that is not in the --target list";
  const some = async (urns: readonly string[] | undefined) => {
    if (urns === undefined) return answer(urns);
    throw new EngineError({ attempted: "up of stack prod", answered: targets, next: "" });
  };
  await expect(refuseLosses("prod", { resources, look: some })).rejects.toThrow(/replaces Project prod/);
  expect(asked).toEqual([undefined]);
  const cut = () => Promise.reject(new EngineError({ attempted: "up", answered: "ECONNREFUSED", next: "" }));
  await expect(refuseLosses("prod", { resources, look: cut })).rejects.toThrow("ECONNREFUSED");
});
