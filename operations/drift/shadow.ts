import { createHash } from "node:crypto";
import type { Sql } from "postgres";
import { apply } from "../../db/migrate.ts";
import { withDatabaseOf } from "../previews/database/template.ts";
import type { DatabaseLogin } from "../session/login.ts";
import { platformSql } from "../shadow/platform-sql.ts";
import { prepareShadow } from "../shadow/prepare.ts";
import { withShadow } from "../shadow/shadow.ts";
import type { ShadowFactory, Version } from "./core/layers/schema-facts.ts";

/** A kind of database a check compares with, and how one that was not touched is made. */
export interface ShadowKind {
  /** Names what was read of them; changes whenever they are made in another way. */
  readonly name: string;
  readonly make: ShadowFactory;
}

/** A project: in a local cloud of its own, or the empty database of SHADOW_URL. */
export const projectShadow: ShadowKind = {
  name: "project",
  make: (version, work) => withShadow((sql) => inTwoSteps(sql, version, work)),
};

const digest = createHash("sha256").update(platformSql).digest("hex").slice(0, 8);
const PREVIEW = "drift_shadow";

/** A pull request's database in the shared project: empty but for platform schemas, as its template begins. */
export const databaseShadow: ShadowKind = {
  name: `database-${digest}`,
  make: (version, work) =>
    withShadow(async (sql) => {
      const login = targetOf(sql);
      await sql.unsafe(`create database ${PREVIEW} template template0`);
      try {
        // As the database of a pull request is made: operations/previews/database.
        await sql.unsafe(`revoke connect, temporary on database ${PREVIEW} from public`);
        return await withDatabaseOf(login, PREVIEW, async (own) => {
          await own.unsafe(platformSql);
          return inTwoSteps(own, version, work);
        });
      } finally {
        await sql.unsafe(`drop database ${PREVIEW} with (force)`);
      }
    }),
};

async function inTwoSteps<Born, Migrated>(
  sql: Sql,
  version: Version,
  work: Parameters<typeof projectShadow.make<Born, Migrated>>[1],
): Promise<{ born: Born; migrated: Migrated }> {
  const born = await work.born(targetOf(sql));
  return { born, migrated: await work.migrated(await migrate(sql, version)) };
}

async function migrate(sql: Sql, { folder, settings, applied }: Version): Promise<DatabaseLogin> {
  await prepareShadow(sql, settings);
  const last = applied.at(-1);
  if (last) {
    const made = await apply(sql, { folder, settings, through: last.tag });
    const wanted = applied.map(({ tag }) => tag).join();
    if (made.applied.map((entry) => (typeof entry === "string" ? entry : entry.tag)).join() !== wanted) {
      throw new Error(
        "The environment has gaps in its migrations, which a shadow cannot have: apply what is pending first.",
      );
    }
  }
  return targetOf(sql);
}

function targetOf({ options }: Sql): DatabaseLogin {
  const { host, port, database, user, pass } = options;
  return { host: host[0] ?? "", port: port[0] ?? 5432, database, user, password: String(pass) };
}
