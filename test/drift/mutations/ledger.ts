import type { Mutation } from "./mutation.ts";

const tag = "20251130100000_cruise_data_repository";

// Kept by the session that makes the change, which is the one that undoes it.
const keep = "create temporary table ledger as select * from drizzle.__drizzle_migrations";
const forget = "drop table pg_temp.ledger";

/** The ledger of the migrations, and the settings they branch on. */
export const ledger: readonly Mutation[] = [
  {
    name: "a row of the ledger that no file explains",
    on: "preview",
    change: {
      sql: "insert into drizzle.__drizzle_migrations (id, hash, created_at) values (9999, repeat('ab', 32), 1)",
    },
    finds: [{ layer: "migrations", object: "migration ledger row 9999" }],
    back: { sql: "delete from drizzle.__drizzle_migrations where id = 9999" },
  },
  {
    name: "a hash in the ledger is edited",
    on: "preview",
    before: keep,
    change: {
      sql: `update drizzle.__drizzle_migrations set hash = repeat('cd', 32) where created_at = (select created_at from
        drizzle.__drizzle_migrations order by created_at offset 3 limit 1)`,
    },
    finds: [{ layer: "migrations", object: `migration ${tag}` }],
    back: {
      sql: "update drizzle.__drizzle_migrations m set hash = k.hash from pg_temp.ledger k where k.id = m.id",
    },
    after: forget,
    alone: true,
  },
  {
    name: "a row in the middle of the ledger is deleted",
    on: "preview",
    before: keep,
    change: {
      sql: `delete from drizzle.__drizzle_migrations where created_at = (select created_at from
        drizzle.__drizzle_migrations order by created_at offset 3 limit 1)`,
    },
    finds: [{ layer: "migrations", object: `migration ${tag}` }],
    back: {
      sql: `insert into drizzle.__drizzle_migrations select * from pg_temp.ledger k where not exists (select from
        drizzle.__drizzle_migrations m where m.id = k.id)`,
    },
    after: forget,
    alone: true,
  },
  {
    name: "a time in the ledger is another",
    on: "preview",
    before: keep,
    change: {
      sql: `update drizzle.__drizzle_migrations set created_at = created_at + 1 where created_at = (select created_at from
        drizzle.__drizzle_migrations order by created_at offset 3 limit 1)`,
    },
    finds: [{ layer: "migrations", object: `migration ${tag}` }],
    back: {
      sql: "update drizzle.__drizzle_migrations m set created_at = k.created_at from pg_temp.ledger k where k.id = m.id",
    },
    after: forget,
    alone: true,
  },
  {
    name: "the history of migrations is emptied",
    on: "prod",
    before: "create temporary table history as select * from environment.migration_history",
    change: { sql: "delete from environment.migration_history" },
    finds: [{ layer: "migrations", object: "migration history" }],
    back: { sql: "insert into environment.migration_history select * from pg_temp.history" },
    after: "drop table pg_temp.history",
    alone: true,
  },
  {
    name: "a setting that migrations branch on is another",
    on: "prod",
    change: { sql: `update environment.settings set value = '"foreign"' where name = 'catalog'` },
    finds: [{ layer: "resources", object: "Migrations main" }],
    // A foreign catalog without a source is nothing that a shadow could be made of.
    unreachable: ["schema", "catalog", "security"],
    back: { sql: `update environment.settings set value = '"local"' where name = 'catalog'` },
    alone: true,
  },
];
