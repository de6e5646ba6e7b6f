import { expect, test } from "vitest";
import { settled } from "./expression-spelling.ts";

const printed = "CHECK (((kind)::text = ANY ((ARRAY['a, b'::character varying, 'it''s'::character varying])::text[])))";
const again =
  "CHECK (((kind)::text = ANY (ARRAY[('a, b'::character varying)::text, ('it''s'::character varying)::text])))";

test("what Postgres prints of a list, and of what it printed, are one", () => {
  expect(settled(printed)).toBe(again);
  expect(settled(again)).toBe(again);
});

test("another list, another type and a list of expressions stay different", () => {
  expect(settled(printed.replace("a, b", "a"))).not.toBe(again);
  expect(settled(printed.replace("text[]", "citext[]"))).not.toBe(again);
  const calls = "CHECK ((kind = ANY ((ARRAY[lower('a'::text)])::text[])))";
  expect(settled(calls)).toBe(calls);
});
