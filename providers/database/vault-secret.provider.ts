import type { Sql, TransactionSql } from "postgres";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { isIgnored } from "../host/ignored.ts";
import { type Call, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import { holdKey } from "./connection/key.ts";
import { keepRecordedWhenUnreachable } from "./connection/unreachable.ts";
import { type Inputs, type Outputs, vaultSecretDeclaration } from "./declarations/vault-secret.ts";
import { markedInDatabase } from "./ownership.ts";

type State = Inputs & Outputs;

/** A named secret in the Vault of a database. The value travels as a bind parameter and is compared in the database. */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(vaultSecretDeclaration),
  check: (news, unknowns) => checkWith(vaultSecretDeclaration.inputs, news, unknowns),
  diff(olds, news) {
    const changes = compare(olds, news, {
      replace: replacingOf(vaultSecretDeclaration.inputs),
      update: ["value", "description"],
    });
    const seen = changes.some(({ property }) => property === "value");
    return olds.valueMatches === false && !seen ? [...changes, { property: "value", kind: "update" }] : changes;
  },
  unsettled: () => ["revision", "valueMatches"],
  async create(call, news) {
    return { id: news.name, state: await store(call, news) };
  },
  async read(call, id, recorded) {
    const answer = await attemptUnlessProjectGone(call, `Reading Vault secret ${id}`, async ({ pool: sql }) => {
      if (!(await hasVault(sql))) return undefined;
      return recorded ? look(sql, recorded) : adopt(sql, id, call.config.projectRef ?? "");
    });
    if (!answer) return undefined;
    const { projectRef, name, value, description } = answer;
    return { id, state: answer, ...(recorded ? {} : { inputs: { projectRef, name, value, description } }) };
  },
  update: (call, _id, _olds, news) => store(call, news),
  async delete(call, id) {
    await attemptUnlessProjectGone(call, `Deleting Vault secret ${id}`, async ({ pool: sql }) => {
      if (await hasVault(sql)) await sql`delete from vault.secrets where name = ${id}`;
    });
  },
};

export const vaultSecret = kind(
  owned(
    keepRecordedWhenUnreachable(definition),
    markedInDatabase((id) => `Vault secret ${id}`),
  ),
);

interface Found {
  id: string;
  description: string | null;
  revision: string;
  matches: boolean;
}

async function store(call: Call<Configuration>, news: Inputs): Promise<State> {
  const leavesValue = isIgnored("value", call);
  return attempt(call, `Storing Vault secret ${news.name}`, async ({ pool: sql }) => {
    if (!(await hasVault(sql))) {
      throw new Error(
        `Vault secret ${news.name}: this database has no Vault (vault.decrypted_secrets is missing). ` +
          "Install it with: create extension supabase_vault with schema vault cascade",
      );
    }
    return sql.begin(async (transaction) => {
      // Two runs at once would both find nothing and one would fail on the unique name.
      await holdKey(transaction, "environment.vault");
      const found = await find(transaction, news);
      if (!found) {
        await transaction`select vault.create_secret(${news.value}, ${news.name}, ${news.description})`;
      } else if ((!found.matches && !leavesValue) || (found.description ?? "") !== news.description) {
        // An update without change would still raise updated_at, and with it the revision others depend on.
        // A value that others set stays theirs; the recorded one is not it.
        const value = found.matches || leavesValue ? null : news.value;
        await transaction`select vault.update_secret(${found.id}::uuid, ${value}::text, null, ${news.description})`;
      }
      const stored = await find(transaction, news);
      if (!stored || (!stored.matches && !leavesValue))
        throw new Error(`Vault secret ${news.name}: stored, but it does not read back`);
      return { ...news, secretId: stored.id, revision: stored.revision, valueMatches: stored.matches };
    });
  });
}

async function look(sql: Sql, recorded: State): Promise<State | undefined> {
  const found = await find(sql, recorded);
  if (!found) return undefined;
  const { id, description, revision, matches } = found;
  return { ...recorded, description: description ?? "", secretId: id, revision, valueMatches: matches };
}

async function adopt(sql: Sql, name: string, projectRef: string): Promise<State | undefined> {
  const [row] = await sql<{ value: string }[]>`
    select decrypted_secret as value from vault.decrypted_secrets where name = ${name}`;
  const found = row && (await find(sql, { name, value: row.value }));
  if (!found) return undefined;
  const { id, description, revision, matches } = found;
  const held = { projectRef, name, value: row.value, description: description ?? "" };
  return { ...held, secretId: id, revision, valueMatches: matches };
}

async function find(sql: Sql | TransactionSql, wanted: Pick<Inputs, "name" | "value">): Promise<Found | undefined> {
  const [found] = await sql<Found[]>`
    select id, description, to_char(updated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as revision,
      coalesce(decrypted_secret = ${wanted.value}, false) as matches
    from vault.decrypted_secrets where name = ${wanted.name}`;
  return found;
}

async function hasVault(sql: Sql): Promise<boolean> {
  const [vault] = await sql`select to_regclass('vault.decrypted_secrets') is not null as installed`;
  return vault?.installed === true;
}
