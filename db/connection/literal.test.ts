import { expect, test } from "vitest";
import { fillIn } from "./literal.ts";

test("values go into SQL text as psql puts them there; casts and times of day stay what they are", () => {
  const text = `select :'name'::text, '12:30:00', x from :"view".v where a = :'name'`;
  expect(fillIn(text, { name: "it's", view: 'odd "name' })).toBe(
    `select 'it''s'::text, '12:30:00', x from "odd ""name".v where a = 'it''s'`,
  );
  expect(() => fillIn("select :'other'", { name: "x" })).toThrow("The SQL names :'other', which has no value.");
});
