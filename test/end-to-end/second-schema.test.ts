import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, expect, test } from "vitest";
import { Environment } from "../../environment/environment.ts";
import { environmentOutputs } from "../../environment/outputs.ts";
import { readSettings } from "../../environment/settings.ts";
import { makePlace, withSql } from "../support/environment.ts";
import { root } from "../support/run.ts";

const place = makePlace("second-schema");
const MINUTES = 60_000;
afterAll(() => place.remove());

const foreignTable = (name: string, columns: string): string =>
  `perform environment.define_foreign_table(source, '${name}', '${columns}');`;

/** An application that has nothing to do with the first: a library that shares its shelves. */
const migrations: Record<string, string> = {
  "0001_library": `do $$
declare source jsonb;
begin
  create schema if not exists shelves;
  if environment.catalog_mode() = 'foreign' then
    source := environment.catalog_source();
    perform environment.refuse_local_catalog(source, array['authors', 'books']);
    perform environment.ensure_catalog_server(source);
    perform environment.ensure_catalog_mappings(source);
    ${foreignTable("authors", "id int not null, name text not null")}
    ${foreignTable("books", "id int not null, author_id int not null, title text not null, pages int")}
    perform environment.grant_catalog(source, array['authors', 'books']);
  else
    create table shelves.authors (id int primary key, name text not null);
    create table shelves.books (id int primary key, author_id int not null references shelves.authors, title text not null, pages int);
  end if;
end $$;`,
  "0002_members": "create table public.members (id int primary key, email text not null unique);",
};

function writeMigrations(): string {
  const folder = join(place.dataDir, "library");
  mkdirSync(join(folder, "meta"), { recursive: true });
  copyFileSync(join(root, "migrations/0000_environment.sql"), join(folder, "0000_environment.sql"));
  for (const [tag, text] of Object.entries(migrations)) writeFileSync(join(folder, `${tag}.sql`), text);
  const entries = ["0000_environment", ...Object.keys(migrations)].map((tag, idx) => ({
    idx,
    version: "7",
    when: 1767225600000 + idx * 1000,
    tag,
    breakpoints: true,
  }));
  writeFileSync(
    join(folder, "meta/_journal.json"),
    JSON.stringify({ version: "7", dialect: "postgresql", entries }, null, 2),
  );
  return folder;
}

test("an unrelated schema is published and read the same way", { timeout: 5 * MINUTES }, async () => {
  const migrationsFolder = writeMigrations();
  const program = async () => {
    const stack = pulumi.getStack();
    const settings = await readSettings({ project: pulumi.getProject(), stack, root });
    const environment = new Environment(stack, {
      ...settings,
      stack,
      migrationsFolder,
      catalogSchema: "shelves",
      catalogTables: { names: ["authors", "books"] },
    });
    return environmentOutputs(environment, settings);
  };
  const publisher = (await place.open("prod", program)).stack;
  await publisher.up();
  await withSql(publisher, async (sql) => {
    await sql`insert into shelves.authors values (1, 'Ursula K. Le Guin')`;
    await sql`insert into shelves.books values (1, 1, 'The Dispossessed', 387)`;
  });
  const subscriber = (await place.open("preview", program)).stack;
  await subscriber.up();
  const titles = await withSql(subscriber, (sql) =>
    sql.begin(async (tx) => {
      await tx`set local role authenticated`;
      return tx`select a.name, b.title from shelves.books b join shelves.authors a on a.id = b.author_id`;
    }),
  );
  expect([...titles]).toEqual([{ name: "Ursula K. Le Guin", title: "The Dispossessed" }]);
  expect((await subscriber.up({ expectNoChanges: true })).changed).toBe(false);
});
