import type { Sql } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { identityOf, isKeeper } from "../../engine/losing/loss.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { FinishedStep } from "../../engine/result.ts";
import { password } from "../../providers/database/password.provider.ts";
import { vaultSecret } from "../../providers/database/vault-secret.provider.ts";
import { apikeyKind } from "../../providers/supabase/apikey.provider.ts";
import { branchKind } from "../../providers/supabase/branch.provider.ts";
import { edgeFunctionSecretsKind } from "../../providers/supabase/edge-function-secrets.provider.ts";
import { projectKind } from "../../providers/supabase/project.provider.ts";
import { completeCli } from "../support/plain-pulumi/cli.ts";
import { IMPORT_LEAVES, IMPORT_REFUSALS, IN_PROJECT, LOOKS } from "./objects.ts";
import { OUTSIDE, type Outside } from "./outside.ts";
import { declareProviders, KINDS, type KindName, type Variant } from "./program.ts";
import { importInto, isKind, kindOf, lookAt, opsOf, up, urns } from "./steps.ts";
import { Table } from "./table.ts";
import { addressOf, makeWorld, type World } from "./world.ts";
import { Bare, WRONG } from "./wrong.ts";

const MINUTES = 60_000;
const table = new Table();
let world: World;
let ref = "";
let sql: Sql;

beforeAll(async () => {
  world = await makeWorld();
});
afterAll(async () => {
  console.log(`The protocol, kind by kind:\n\n${table}\n`);
  await world?.remove();
});

const lookAtAll = () => lookAt({ world, ref, sql });

test("created: a preview tells of each kind, up makes it, and nothing changes after", {
  timeout: 5 * MINUTES,
}, async () => {
  const stack = await world.open({});
  const preview = opsOf((await stack.preview()).steps);
  await stack.up();
  const project = (await stack.resources()).find(({ type }) => type.endsWith(":Project"));
  ref = String(project?.id);
  sql = await world.connect(ref);
  await sql`create table public.kept (id int primary key)`;
  await sql`insert into public.kept values (1), (2)`;
  const seen = await lookAtAll();
  const again = await stack.up({ expectNoChanges: true });
  for (const kind of KINDS) {
    expect.soft(preview[kind], kind).toEqual(["create"]);
    table.set("preview", kind, "ok");
    const look = LOOKS[kind];
    if (typeof look === "string") table.set("create", kind, look);
    else {
      expect.soft(seen[kind], kind).toBeDefined();
      table.set("create", kind, "ok");
    }
    table.set("no change", kind, "ok");
  }
  expect(again.changed).toBe(false);
});

test("what makes one of them another one is known to the look ahead of up", async () => {
  const resources = await (await world.open({})).resources();
  const held = resources.filter(({ type }) => isKind(type) && isKeeper(type));
  const names = held.flatMap(({ inputs, outputs }) => Object.keys({ ...inputs, ...outputs })).concat("withData");
  const kinds = [projectKind, branchKind, apikeyKind, edgeFunctionSecretsKind, password, vaultSecret];
  expect(held.map(({ type }) => type).sort()).toEqual(kinds.map(({ token }) => token).sort());
  for (const { token, diff } of kinds) {
    const { inputs = {}, outputs = {} } = held.find(({ type }) => type === token) ?? {};
    const replacing = [...new Set(names)].filter((name) =>
      diff(outputs, { ...inputs, [name]: "another" }, inputs).some(({ replace }) => replace),
    );
    expect.soft(identityOf(token), token).toEqual(expect.arrayContaining(replacing));
  }
});

const FORCED: [
  name: string,
  run: (before: EnvironmentStack) => Promise<{ steps: readonly FinishedStep[] }>,
  after: Variant,
][] = [
  ["--replace", async (stack) => up(stack, { replace: await urns(stack) }), {}],
  [
    "taint",
    async (stack) => {
      await stack.command(["state", "taint", ...(await urns(stack)), "--yes"]);
      return up(stack);
    },
    {},
  ],
  [
    "replaceWith",
    async () => {
      const stack = await world.open({ replaceWith: true });
      await stack.up();
      const trigger = (await stack.resources()).find(({ urn }) => urn.endsWith("::trigger"));
      return up(stack, { replace: [String(trigger?.urn)] });
    },
    { replaceWith: true },
  ],
  ["provider", async () => up(await world.open({ providers: "second" })), { providers: "second" }],
  [
    "renamed",
    async () => up(await world.open({ providers: "second", logical: "-2" })),
    { providers: "second", logical: "-2" },
  ],
];

/** What the engine does to each resource, where that is not a replacement. */
const WANTED: Record<string, string[]> = {
  renamed: ["create", "delete"],
  // The engine asks the new provider whether its configuration is another one, and ours says that it never replaces.
  provider: ["same"],
};

test.each(FORCED)("%s: every object stays, and so do the rows", { timeout: 5 * MINUTES }, async (name, run, after) => {
  const before = await lookAtAll();
  const ops = opsOf((await run(await world.open({}))).steps);
  const seen = await lookAtAll();
  const stack = await world.open(after);
  const refreshed = await stack.refresh({ expectNoChanges: true });
  expect(await sql`select id from public.kept order by id`).toEqual([{ id: 1 }, { id: 2 }]);
  for (const kind of KINDS) {
    const wanted = WANTED[name] ?? ["create-replacement", "replace", "delete-replaced"];
    expect.soft(ops[kind], `${kind} under ${name}`).toEqual(wanted);
    expect.soft(seen[kind], `${kind} under ${name}`).toEqual(before[kind]);
    const look = LOOKS[kind];
    table.set(name, kind, typeof look === "string" ? look : "ok");
  }
  expect(refreshed.changed).toBe(false);
});

const LAST = { providers: "second", logical: "-2" };

test("updated: the preview tells of each kind what up then does, and what depends on it stays", {
  timeout: 5 * MINUTES,
}, async () => {
  const stack = await world.open({ ...LAST, revision: 2 });
  const preview = opsOf((await stack.preview()).steps);
  const done = opsOf((await stack.up()).steps);
  const again = await stack.refresh({ expectNoChanges: true });
  for (const kind of KINDS) {
    expect.soft(preview[kind], kind).toEqual(["update"]);
    expect.soft(done[kind], kind).toEqual(["update"]);
    table.set("update", kind, "ok");
  }
  expect(again.changed).toBe(false);
  // One property of one resource: without previews of the provider, all that depends on the project would be shown.
  const renamed = await world.open({ ...LAST, revision: 2, projectName: "named again" });
  expect(opsOf((await renamed.preview()).steps)).toMatchObject({
    ...Object.fromEntries(KINDS.map((kind) => [kind, ["same"]])),
    Project: ["update"],
  });
});

test("pulumi import: every object is recorded, none is touched, and refresh finds what only a program knows", {
  timeout: 5 * MINUTES,
}, async () => {
  const made = (await (await world.open({})).resources()).filter(({ type }) => isKind(type));
  const before = await lookAtAll();
  const at = await addressOf(world.trial, ref);
  const program = async () => declareProviders(world.given, { ref, ...at });
  // The engine wants the language host to be there, although no code is generated.
  const stack = await world.open({}, program, "imports", { PATH: (await completeCli()).path });
  await stack.up();
  const nameTable = Object.fromEntries((await stack.resources()).map(({ urn }) => [urn.split("::").at(-1), urn]));
  const bring = (kinds: readonly KindName[]) =>
    importInto(stack, world, {
      nameTable,
      resources: kinds.map((kind) => {
        const { type = "", id } = made.find((one) => kindOf(one) === kind) ?? {};
        const path = IN_PROJECT.includes(kind) ? `${ref}/${id}` : id;
        return { type, id: path, name: kind, provider: type.startsWith("database:") ? "inside" : "api" };
      }),
    });
  const possible = KINDS.filter((kind) => IMPORT_REFUSALS[kind] === undefined);
  const others = KINDS.filter((kind) => !possible.includes(kind));
  const refused = await bring(others).then(String, (error: Error) => error.message);
  for (const kind of others) expect.soft(refused, kind).toContain(IMPORT_REFUSALS[kind]);
  for (const kind of KINDS) table.set("pulumi import", kind, IMPORT_REFUSALS[kind] ?? IMPORT_LEAVES[kind] ?? "ok");
  await bring(possible);
  const imported = (await stack.resources()).filter(({ type }) => isKind(type));
  expect(imported.map(({ type, id }) => [type, id]).sort()).toEqual(
    made
      .filter((one) => possible.includes(kindOf(one)))
      .map(({ type, id }) => [type, id])
      .sort(),
  );
  const { steps } = await stack.refresh();
  const differing = steps.filter(({ differences }) => differences.length > 0).map(kindOf);
  expect(differing).toEqual(Object.keys(IMPORT_LEAVES));
  expect(await lookAtAll()).toEqual(before);
  await stack.command(["stack", "rm", "imports", "--force", "--yes"]);
});

test("a project that is to be made again: everything in it is shown as replaced", {
  timeout: 2 * MINUTES,
}, async () => {
  const refused = await world.open({ ...LAST, revision: 2, region: "eu-west-1" });
  await expect(refused.preview()).rejects.toThrow(/deletes it with all its data.*replaceProject/s);
  expect(await sql`select id from public.kept`).toHaveLength(2);
  const allowed = await world.open({ ...LAST, revision: 2, region: "eu-west-1", replaceProject: "all kinds 2" });
  const preview = opsOf((await allowed.preview()).steps);
  for (const kind of KINDS) {
    const isOutside = kind === "Password" || kind === "HandOff";
    expect.soft(preview[kind], kind).toEqual(isOutside ? ["same"] : expect.arrayContaining(["replace"]));
    table.set("unknown ref", kind, isOutside ? "it has no project" : "ok");
  }
});

test("paused: nothing in the project is shown as deleted", { timeout: 5 * MINUTES }, async () => {
  const move = async (verb: string, status: string) => {
    const headers = { authorization: `Bearer ${world.given.token}` };
    await fetch(`${world.given.endpoint}/v1/projects/${ref}/${verb}`, { method: "POST", headers });
    await world.trial.waitFor(ref, status);
  };
  await move("pause", "INACTIVE");
  const stack = await world.open({ ...LAST, revision: 2 });
  const ops = opsOf((await stack.preview({ refresh: true })).steps);
  await move("restore", "ACTIVE_HEALTHY");
  for (const kind of KINDS) {
    expect.soft(ops[kind], kind).toEqual([expect.stringMatching(/^(same|update)$/)]);
    table.set("paused", kind, "ok");
  }
});

test("refused inputs: the problem is told, and no value of a secret", { timeout: 5 * MINUTES }, async () => {
  for (const kind of KINDS) {
    const wrong = WRONG[kind];
    if (typeof wrong !== "string") {
      world.said.length = 0;
      const program = async () => void new Bare(wrong);
      const stack = await world.open({}, program, "wrong");
      const failure = await stack.preview().then(
        () => "it went through",
        (error: Error) => error.message,
      );
      const told = [failure, ...world.said].join("\n");
      expect.soft(told, kind).not.toContain("needle");
      expect.soft(told, kind).toContain(wrong.told);
      if (kind !== "HandOff") expect.soft(told, kind).toContain("is missing");
    }
    table.set("refused inputs", kind, typeof wrong === "string" ? wrong : "ok");
  }
});

test("ignoreChanges: what others changed is left, by a diff and by an update for another reason", {
  timeout: 5 * MINUTES,
}, async () => {
  const entries = KINDS.flatMap((kind): [KindName, Outside][] => {
    const outside = OUTSIDE[kind];
    return typeof outside === "string" ? [] : [[kind, outside]];
  });
  const at = { world, ref, sql };
  for (const [, outside] of entries) await outside.change(at);
  const changed = new Map<KindName, unknown>();
  for (const [kind, outside] of entries) changed.set(kind, await outside.look(at));
  const seen = await (await world.open({ ...LAST, revision: 2 })).refresh({ previewOnly: true });
  const noticed = opsOf(seen.steps.map((step) => ({ ...step, op: step.op === "refresh" ? "noticed" : step.op })));
  const ignore = Object.fromEntries(entries.map(([kind, { path }]) => [kind, [path]]));
  const stack = await world.open({ ...LAST, revision: 2, ignore });
  const left = opsOf((await stack.up({ refresh: true })).steps);
  // Where a kind has another property, that is updated now.
  await (await world.open({ ...LAST, revision: 3, ignore })).up();
  for (const [kind, outside] of entries) {
    expect.soft(noticed[kind], kind).toBeDefined();
    expect.soft(await outside.look(at), kind).toEqual(changed.get(kind));
  }
  for (const kind of KINDS) {
    const outside = OUTSIDE[kind];
    expect.soft(left[kind], kind).toEqual(["same"]);
    table.set("ignoreChanges", kind, typeof outside === "string" ? outside : "ok");
  }
});

test("destroyed: what each kind deletes is gone, what it leaves is there", { timeout: 5 * MINUTES }, async () => {
  const stack = await world.open(LAST);
  const { steps } = await stack.destroy();
  expect(opsOf(steps)).toEqual(Object.fromEntries(KINDS.map((kind) => [kind, ["delete"]])));
  expect(await world.trial.refs("all kinds 3")).toEqual([]);
  for (const kind of KINDS) table.set("destroy", kind, "ok");
});

test("the table has no empty cell", () => {
  expect(table.empty).toEqual([]);
  expect(table.columns).toEqual([
    ...["preview", "create", "no change", ...FORCED.map(([name]) => name), "update"],
    ...["pulumi import", "unknown ref", "paused"],
    ...["refused inputs", "ignoreChanges", "destroy"],
  ]);
});
