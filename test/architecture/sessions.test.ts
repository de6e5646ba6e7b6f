import { expect, test } from "vitest";
import { isProduct, sources, textOf } from "./sources.ts";

/** Where a driver is loaded as code; `import type` opens nothing. */
const loadsDriver = (text: string): boolean =>
  /^import (?!type )[^;]*from "(postgres|pg|drizzle-orm\/node-postgres)"|import\("(postgres|pg)"\)/m.test(text);

test("only db/connection opens sessions of Postgres: one set of defaults, settings by SET, no identity after a loss", () => {
  const loading = sources
    .filter((file) => isProduct(file) && !file.startsWith("local/"))
    .filter((file) => loadsDriver(textOf(file)));
  expect(loading).toEqual(expect.arrayContaining(["db/connection/session.ts", "db/connection/pg-pool.ts"]));
  expect(loading.filter((file) => !file.startsWith("db/connection/"))).toEqual([]);
});

test("a driver that is loaded elsewhere is found", () => {
  expect(loadsDriver('import postgres, { type Sql } from "postgres";')).toBe(true);
  expect(loadsDriver('import type { Sql } from "postgres";')).toBe(false);
  expect(loadsDriver('const { default: pg } = await import("pg");')).toBe(true);
});
