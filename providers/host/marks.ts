import type { Marks } from "./ownership.ts";

/** Sends SQL text, several statements at once too, and answers the rows of the last. */
export type SendSql = (text: string) => Promise<readonly Record<string, unknown>[]>;

const PREFIX = "owner of ";

/**
 * Marks of ownership in the private schema of a database, as rows of its settings: it is where what an environment is made
 * of is written down already, for its owner alone, and it goes with the database. The table is made where it is not there
 * yet, as the migrations make it.
 */
export async function writeMarks(send: SendSql, marks: Marks): Promise<void> {
  await send(`do $mark$ begin
    if to_regclass('environment.settings') is null then
      create schema if not exists environment;
      create table environment.settings (
        name text primary key, value jsonb not null, updated_at timestamptz not null default now());
      revoke all on schema environment from public;
      revoke all on environment.settings from public;
    end if;
  end $mark$;
  insert into environment.settings as s (name, value)
    select '${PREFIX}' || m.key, m.value from jsonb_each(${json(Object.fromEntries(marks))}) m
    on conflict (name) do update set value = excluded.value, updated_at = now() where s.value <> excluded.value`);
}

/** Marks of these objects; none where the table is not there. */
export async function readMarks(send: SendSql, objects: readonly string[]): Promise<Marks> {
  if (!(await isThere(send))) return new Map();
  const rows = await send(`
    select substr(s.name, ${PREFIX.length + 1}) as object, s.value #>> '{}' as mark
    from environment.settings s where s.name in ${names(objects)}`);
  return new Map(rows.map(({ object, mark }) => [String(object), String(mark)]));
}

export async function eraseMarks(send: SendSql, objects: readonly string[]): Promise<void> {
  if (objects.length === 0 || !(await isThere(send))) return;
  await send(`delete from environment.settings s where s.name in ${names(objects)}`);
}

async function isThere(send: SendSql): Promise<boolean> {
  const [row] = await send("select to_regclass('environment.settings') is not null as there");
  return row?.there === true;
}

function names(objects: readonly string[]): string {
  return `(select '${PREFIX}' || o.name from jsonb_array_elements_text(${json(objects)}) o (name))`;
}

/** A value in SQL text that needs no quoting: the Management API takes no bind parameters with several statements. */
function json(value: unknown): string {
  return `convert_from(decode('${Buffer.from(JSON.stringify(value)).toString("hex")}', 'hex'), 'UTF8')::jsonb`;
}
