import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { type Diagnosis, look } from "./finding.ts";

const QUERY = readFileSync(join(import.meta.dirname, "server.sql"), "utf8");
/** From here on a preview's end, a token and a certificate are judged wrongly by somebody. */
const SKEW_MS = 30_000;
const SHOWN = 5;

interface Server {
  now: number;
  recovering: boolean;
  read_only: boolean;
  may_create: boolean;
  may_record: boolean;
  makes_rls: string[] | null;
  silent: string[] | null;
}

/** Whether a database can be written to, the time there, and tables that row level security keeps empty without a word. */
export function checkServer(sql: Sql, clock: () => number = Date.now): Promise<Diagnosis[]> {
  return look("write access", "Is the database up? See the project's status.", async () => {
    // A first statement opens the connection, which is no part of the way there and back.
    await sql`select 1`;
    const before = clock();
    const [server] = await sql.unsafe<Server[]>(QUERY);
    if (!server) throw new Error("the server answered no row");
    const here = (before + clock()) / 2;
    return [writes(server), clockFinding(here - Number(server.now)), ...automaticRls(server)];
  });
}

function writes({ recovering, read_only, may_create, may_record }: Server): Diagnosis {
  const check = "write access";
  const reasons = [
    ...(recovering ? ["it is a replica"] : []),
    ...(read_only ? ["its transactions are read only, as the platform makes them where the disk is full"] : []),
    ...(may_create ? [] : ["this login may create no schema"]),
    ...(may_record ? [] : ["this login may not write to drizzle.__drizzle_migrations"]),
  ];
  if (reasons.length === 0) return { check, level: "ok", found: "the database takes schemas and the ledger's rows" };
  const next = "Make room or a larger disk, or log in as postgres at the primary: migrations cannot run.";
  return { check, level: "error", found: reasons.join("; "), next };
}

function clockFinding(aheadMs: number): Diagnosis {
  const check = "clock";
  const seconds = Math.abs(aheadMs) / 1000;
  const found = `this machine is ${seconds.toFixed(1)} s ${aheadMs < 0 ? "behind" : "ahead of"} the database`;
  if (Math.abs(aheadMs) < SKEW_MS) return { check, level: "ok", found };
  return { check, level: "warning", found, next: "Set the clock: tokens, certificates and previews end by it." };
}

function automaticRls({ makes_rls, silent }: Server): Diagnosis[] {
  const check = "row level security";
  const by = makes_rls && `event trigger ${makes_rls.join(", ")} switches it on for every new table of public`;
  if (!silent) return by ? [{ check, level: "note", found: by }] : [];
  const more = silent.length > SHOWN ? ` and ${silent.length - SHOWN} more` : "";
  const found = `authenticated may select from ${silent.slice(0, SHOWN).join(", ")}${more} and reads no row: no policy`;
  const next = "Add a policy, or switch it off there: alter table ... disable row level security.";
  return [{ check, level: "warning", found: by ? `${found}; ${by}` : found, next }];
}
