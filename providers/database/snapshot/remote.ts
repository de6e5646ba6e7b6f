import { literal } from "../../../db/connection/literal.ts";
import { withQuietLog } from "../foreign/quiet-log.ts";
import { type Source, sourceOf } from "../foreign/source.ts";
import { identifier } from "../identifier.ts";
import { type HeldSession, nameList, one, transaction } from "./session.ts";

/** Schema of the foreign tables, while a copy is made. None but the owner may use it. */
export const REMOTE_SCHEMA = "catalog_remote";
/** Schema of the copies that are not in place yet, and of the table that says how far they are. */
export const INCOMING_SCHEMA = "catalog_incoming";

/** Makes server, mapping of the connected role, and foreign tables as the publisher has them now. */
export async function openRemote(
  session: HeldSession,
  options: { source: Source; tables: readonly string[]; timeoutSeconds: number },
): Promise<void> {
  const { tables, timeoutSeconds } = options;
  await transaction(session, async () => {
    const { me } = await one(session, "select current_user::text as me");
    const source = { ...sourceOf(options.source), localSchema: REMOTE_SCHEMA, roles: [String(me)] };
    const given = `${literal(JSON.stringify(source))}::jsonb`;
    await session.send(`set local statement_timeout = '${2 * timeoutSeconds}s'`);
    await session.send(`select environment.ensure_catalog_server(${given})`);
    await withQuietLog(session.send, () => session.send(`select environment.ensure_catalog_mappings(${given})`));
    await dropForeignTables(session, source.server);
    await session.send(`
      set local client_min_messages = warning;
      create schema if not exists ${REMOTE_SCHEMA};
      create schema if not exists ${INCOMING_SCHEMA};
      revoke all on schema ${REMOTE_SCHEMA}, ${INCOMING_SCHEMA} from public;
      create table if not exists ${INCOMING_SCHEMA}.progress (
        name text primary key, selected text not null, rows bigint not null, copied_at timestamptz not null default now())`);
    await defineForeignTables(session, { given, tables });
    await session.send(`select environment.grant_catalog(${given}, ${nameList(tables)})`);
  });
}

/** Drops everything a copy needs and a finished one does not: nothing that leads to the publisher stays. */
export async function closeRemote(send: HeldSession["send"], server: string): Promise<void> {
  await dropForeignTables({ send }, server);
  await send(
    "set local client_min_messages = warning; " +
      `drop schema if exists ${REMOTE_SCHEMA} restrict; drop schema if exists ${INCOMING_SCHEMA} cascade`,
  );
  const mapped = await send(
    `select usename as role from pg_catalog.pg_user_mappings where srvname = ${literal(server)}`,
  );
  for (const { role } of mapped) {
    const target = role === "public" ? "public" : identifier(String(role));
    await send(`drop user mapping for ${target} server ${identifier(server)}`);
  }
  await send(`drop server if exists ${identifier(server)} restrict`);
}

async function dropForeignTables({ send }: Pick<HeldSession, "send">, server: string): Promise<void> {
  const [row] = await send(`
    select string_agg(f.ftrelid::regclass::text, ', ') as tables
    from pg_catalog.pg_foreign_table f join pg_catalog.pg_foreign_server s on s.oid = f.ftserver
    where s.srvname = ${literal(server)}`);
  if (row?.tables) await send(`drop foreign table ${row.tables} restrict`);
}

/**
 * Foreign tables of what the publisher has now; a table it lacks is left out. An enum or a domain of its own is read as
 * what it is made of, so that this database need not have it.
 */
async function defineForeignTables(
  session: HeldSession,
  { given, tables }: { given: string; tables: readonly string[] },
): Promise<void> {
  await session.send("savepoint look");
  const { shape } = await one(
    session,
    `select environment.read_remote_columns(${given}, ${nameList(tables)}, environment.open_remote_catalogs(${given})) as shape`,
  );
  await session.send("rollback to savepoint look");
  await session.send(`
    select environment.create_foreign_table(${given}, t.key, (
      select jsonb_object_agg(c.key, c.value
        || jsonb_build_object('type', coalesce(c.value ->> 'base', c.value ->> 'type'), 'notNull', false))
      from jsonb_each(t.value) c))
    from jsonb_each(${literal(JSON.stringify(shape))}::jsonb) t`);
  for (const name of Object.keys(shape)) {
    await session.send(`alter foreign table ${REMOTE_SCHEMA}.${identifier(name)} options (add fetch_size '100')`);
  }
}
