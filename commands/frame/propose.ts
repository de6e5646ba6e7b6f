import type { Sql } from "postgres";
import { type KnownSettings, storedSettings } from "../../db/migrate/adoption/live-settings.ts";
import { plan } from "../../db/migrate/apply.ts";
import { type Replay, replay } from "../../db/migrate/evidence.ts";
import { type Proposal, recordProposal } from "../../db/migrate/repair.ts";
import { RefusedError } from "../../engine/error.ts";
import { prepareShadow } from "../../operations/shadow/prepare.ts";
import { withShadow } from "../../operations/shadow/shadow.ts";
import type { DatabaseContext } from "./database-command.ts";
import { proposalLines } from "./database-lines.ts";
import type { Ending } from "./exit-codes.ts";

/** Replays the folder in a shadow database, proposes, shows, asks, records. */
export async function propose(
  context: DatabaseContext,
  make: (sql: Sql, options: { folder: string; replayed: Replay }) => Promise<Proposal>,
  known: (sql: Sql) => Promise<KnownSettings> = async (sql) => ({ settings: await storedSettings(sql), found: {} }),
): Promise<Ending> {
  const { sql, folder, say, document, confirm } = context;
  await plan(sql, { folder });
  const { settings, found } = await known(sql);
  if (found.catalog !== undefined)
    say("The catalog here consists of foreign tables, so it is compared with what the migrations make in that mode.");
  say("Replaying the migrations in a shadow database, to compare what they make with what is there ...");
  const replayed = await withShadow(async (shadow) => {
    await requireAnother(sql, shadow);
    await prepareShadow(shadow, settings);
    return replay(shadow, { folder, settings });
  });
  const proposal = await make(sql, { folder, replayed });
  for (const line of proposalLines(proposal)) say(line);
  document(proposal);
  if (proposal.changes.length === 0) return proposal.left.length > 0 ? "notAsDeclared" : "done";
  await confirm({ question: "Record this?", attempted: "Recording this in the ledger" });
  await recordProposal(sql, { folder, proposal, settings: found });
  say("Recorded.");
  return "done";
}

/** Everything the migrations do is done to a shadow: the database that is compared with it cannot be one. */
async function requireAnother(sql: Sql, shadow: Sql): Promise<void> {
  const [live, given] = await Promise.all([sql, shadow].map(placeOf));
  if (live !== given) return;
  throw new RefusedError({
    attempted: "Replaying the migrations in the database of SHADOW_URL",
    answered: "it is the database that they are compared with",
    next: "Nothing was changed. Give an empty one, or leave SHADOW_URL out.",
  });
}

/** The same for two connections that lead to one database, by whatever names. */
async function placeOf(sql: Sql): Promise<string> {
  const [row] = await sql`select pg_catalog.pg_postmaster_start_time()::text || ' ' || oid as place
    from pg_catalog.pg_database where datname = pg_catalog.current_database()`;
  return String(row?.place);
}
