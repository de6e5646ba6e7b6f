import { expect, test } from "vitest";
import { finding, looked, report } from "../../../../test/drift/sample.ts";
import { htmlReport } from "./html.ts";
import { markdownReport } from "./markdown.ts";
import { terminalReport } from "./terminal.ts";
import { presentable } from "./text.ts";

const planted = {
  known: "correct-horse-battery",
  "with characters HTML escapes": `p<&"'>wordTenLong`,
  url: "hunter2hunter2",
  literal: "s3cr3t literal",
  joined: "conninfoSecret",
  age: "AGE-SECRET-KEY-1QQQQQQQQQQQQQ",
  token: "sbp_0123456789abcdef",
};
const texts = [
  `said ${planted.known} and ${planted["with characters HTML escapes"]}`,
  `postgres://postgres:${planted.url}@127.0.0.1/postgres`,
  `alter role x password '${planted.literal}'; select set('db_password' => '${planted.literal}')`,
  `host=x password=${planted.joined} user=y`,
  `${planted.age} ${planted.token}`,
];

test("no secret is in any report, wherever it came in", () => {
  const [first = "", second = "", third = ""] = texts;
  const layers = texts.map((error) => ({ layer: "catalog", status: "unreachable", seconds: 1, error }) as const);
  const findings = texts.map((text, at) =>
    finding({
      layer: "schema",
      object: `comment ${at} ${text}`,
      expected: text,
      found: text,
      reproduce: [text],
      repair: { how: "sql", advice: text, sql: [text], safe: true },
    }),
  );
  const raw = report([looked("prod", { layers, findings, notes: [first], reason: second })], { notes: [third] });
  const known = [planted.known, planted["with characters HTML escapes"]];
  const clean = presentable(raw, known);
  const shown = [
    JSON.stringify(clean),
    markdownReport(clean),
    htmlReport(clean),
    terminalReport(clean, { colour: false }),
  ];
  for (const text of shown) for (const secret of Object.values(planted)) expect(text).not.toContain(secret);
  // The test can fail: what is not cleaned does show them.
  expect(markdownReport(raw)).toContain(planted.known);
});

test("what is no secret stays", () => {
  const sql = "create table x (password text not null, token uuid default gen_random_uuid()); -- new.token = old.token";
  const [stack] = presentable(report([looked("prod", { notes: [sql] })]), []).stacks;
  expect(stack?.notes).toEqual([sql]);
});

test("characters that steer a terminal or turn a text around are made visible", () => {
  const note = "a\u001b[31mb\u202ec\u0007\nd";
  const [stack] = presentable(report([looked("prod", { notes: [note] })]), []).stacks;
  expect(stack?.notes).toEqual(["a\\u001b[31mb\\u202ec\\u0007\nd"]);
});
