import { expect, test } from "vitest";
import { answerRenames, type Snapshot } from "./renames.ts";

const columns = (...names: string[]) => ({ columns: Object.fromEntries(names.map((name) => [name, {}])) });
const before: Snapshot = {
  schemas: { catalog: "catalog" },
  enums: { "public.mood": {} },
  tables: { "public.trips": columns("id", "name"), "catalog.ports": columns("id", "name", "code") },
};

test("asks nothing where things are only new or only gone", () => {
  const now = { ...before, tables: { ...before.tables, "public.more": columns("id") } };
  expect(answerRenames(before, now)).toEqual({ answers: {}, open: [], wrong: [], ambiguous: [] });
});

test("a renamed schema and table decide which columns are compared", () => {
  const now: Snapshot = {
    schemas: { reference: "reference" },
    enums: { "public.temper": {} },
    tables: { "public.journeys": columns("id", "title"), "reference.ports": columns("id", "label", "locode") },
  };
  const first = answerRenames(before, now, {});
  expect(first.open).toEqual([expect.stringContaining("--rename catalog:reference")]);
  const rename = [
    "catalog:reference",
    "mood:temper",
    "trips:journeys",
    "journeys.name:title",
    "ports.name:label",
    "code:locode",
  ];
  expect(answerRenames(before, now, { rename })).toEqual({
    open: [],
    wrong: [],
    ambiguous: [],
    // In drizzle-kit's words, which leave out the schema public.
    answers: {
      "reference schema": "catalog",
      "temper enum": "mood",
      "journeys table": "trips",
      "title column in journeys table": "name",
      "label column in ports table": "name",
      "locode column in ports table": "code",
    },
  });
});

test("names that fit nothing or two things are refused, and what is new needs no old name", () => {
  const now: Snapshot = {
    ...before,
    tables: { "public.trips": columns("id", "title"), "catalog.ports": columns("id", "title", "code") },
  };
  expect(answerRenames(before, now, { rename: ["name:title"] }).ambiguous).toEqual([
    expect.stringContaining("give more of the name"),
  ]);
  const given = { rename: ["trips.name:title"], added: ["ports.title"] };
  expect(answerRenames(before, now, given)).toMatchObject({
    open: [],
    answers: { "title column in trips table": "name" },
  });
  const [wrong] = answerRenames(before, now, { rename: ["nmae:title"] }).wrong;
  expect(wrong).toMatchObject({ part: "nmae", known: expect.arrayContaining(["name", "public.trips.name"]) });
});

test("two old names for a new one are refused", () => {
  const now: Snapshot = { ...before, tables: { ...before.tables, "catalog.ports": columns("id", "label") } };
  const { ambiguous } = answerRenames(before, now, { rename: ["ports.name:label", "ports.code:label"] });
  expect(ambiguous).toEqual([expect.stringContaining("catalog.ports.label")]);
});
