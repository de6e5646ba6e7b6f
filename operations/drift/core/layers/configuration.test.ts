import { expect, test } from "vitest";
import { compareConfiguration, type SettingValues } from "./configuration.ts";
import { type ResourceView, resourceChanges, resourceFindings } from "./resources.ts";

const reader = "ReaderRole prod";
const nothing: ResourceView = { recorded: [reader], protection: [], steps: [], remarks: [] };
const waiting: ResourceView = {
  ...nothing,
  steps: [{ resource: reader, op: "update", differences: ["connectionLimit"] }],
};
const plain = (value: string) => ({ value, secret: false });
const compare = (declared: SettingValues, deployed: SettingValues | undefined, resources = nothing) =>
  compareConfiguration({ declared, deployed }, resources);

test("a setting that was changed, added or removed since the last up is a finding, and says what up would change", () => {
  const found = compare(
    { "t:limit": plain("31"), "t:new": plain("") },
    { "t:limit": plain("30"), "t:old": plain("x") },
    waiting,
  );
  expect(found.map(({ object, expected, found: said }) => [object, expected, said])).toEqual([
    ["setting t:limit", "31", "deployed with 30"],
    ["setting t:new", "an empty value", "deployed with no value"],
    ["setting t:old", "no value", "deployed with x"],
  ]);
  expect(found[0]).toMatchObject({ id: "configuration:setting t:limit", repair: { how: "up", safe: true } });
  expect(found[0]?.repair.advice).toContain(reader);
});

test("a secret is compared and never shown", () => {
  const secret = (value: string) => ({ value, secret: true });
  expect(compare({ "t:key": secret("one") }, { "t:key": secret("one") })).toEqual([]);
  const found = compare({ "t:key": secret("value-now") }, { "t:key": secret("value-then") });
  expect(found).toMatchObject([{ object: "setting t:key", expected: "another secret" }]);
  expect(JSON.stringify(found)).not.toMatch(/value-/);
});

test("resources declared otherwise without any setting are findings of their own; one that would be replaced is not safe", () => {
  const same = { "t:limit": plain("30") };
  expect(compare(same, same)).toEqual([]);
  expect(compare(same, same, waiting)).toMatchObject([{ object: reader, repair: { safe: true } }]);
  const replaced = { ...nothing, steps: [{ resource: reader, op: "replace", differences: ["name"] }] };
  expect(compare(same, same, replaced)).toMatchObject([{ object: reader, repair: { safe: false } }]);
  expect(compare({ "t:limit": plain("31") }, same, replaced)).toMatchObject([{ repair: { safe: false } }]);
});

test("where no up is remembered, settings are compared with nothing", () => {
  expect(compare({ "t:limit": plain("31") }, undefined, waiting)).toMatchObject([{ object: reader }]);
});

test("a reader that is to be repaired explains what is handed off of it, and not to whom", () => {
  const handedOff = (differences: string[]): ResourceView => ({
    ...nothing,
    recorded: [reader, "HandOff prod"],
    steps: [
      { resource: reader, op: "refresh", differences: ["connectionLimit"] },
      { resource: "HandOff prod", op: "update", differences },
    ],
    remarks: [],
  });
  const settings = { "t:limit": plain("30") };
  expect(compare(settings, settings, handedOff(["reader", "reader.password"]))).toEqual([]);
  expect(compare(settings, settings, handedOff(["reader", "recipients[1]"]))).toMatchObject([
    { object: "HandOff prod", expected: "deployed as declared: recipients[1]" },
  ]);
  const alone = { ...handedOff(["reader"]), steps: handedOff(["reader"]).steps.slice(1) };
  expect(compare(settings, settings, alone)).toMatchObject([{ object: "HandOff prod" }]);
});

test("a project that would be replaced is said once: by what, that data is lost, and that it is not safe", () => {
  const steps = ["create-replacement", "replace", "delete-replaced"].map((op) => ({
    resource: "Project prod",
    op,
    differences: op === "delete-replaced" ? [] : ["region"],
  }));
  const declared = { "t:region": plain("eu-west-1"), "t:zone": plain("b") };
  const deployed = { "t:region": plain("us-east-1"), "t:zone": plain("a") };
  const found = compare(declared, deployed, { ...nothing, recorded: ["Project prod"], steps });
  expect(found.map(({ object, repair }) => [object, repair.safe])).toEqual([
    ["setting t:region", false],
    ["setting t:zone", false],
    ["Project prod", false],
  ]);
  const said = found.filter(({ repair }) => repair.advice.includes("It replaces Project prod; data is lost."));
  expect(said.map(({ object }) => object)).toEqual(["Project prod"]);
});

test("what was changed outside and can only be replaced is not safe, and is said by its own finding", () => {
  const steps = ["refresh", "replace"].map((op) => ({ resource: "Project prod", op, differences: ["region"] }));
  const view = { ...nothing, recorded: ["Project prod"], steps };
  expect(resourceFindings(resourceChanges(view))).toMatchObject([
    { object: "Project prod", repair: { safe: false, advice: expect.stringContaining("data is lost") } },
  ]);
  expect(compare({}, {}, view)).toEqual([]);
});
