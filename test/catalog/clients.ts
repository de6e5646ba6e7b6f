import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

/** Clients that read the catalog of a subscriber without a pause. */
export interface Clients {
  /** Reads that were answered so far. */
  readonly answered: () => number;
  /** Ends all of them, and answers what went wrong, once per failed read. */
  stop(): Promise<string[]>;
}

const ROLES = ["postgres", "service_role", "authenticated"];

/** Starts `count` clients, each on a backend of its own and as one of the mapped roles. */
export async function startClients(options: {
  count: number;
  connect: () => Promise<Sql>;
  table: string;
}): Promise<Clients> {
  const { count, connect, table } = options;
  const errors: string[] = [];
  let answered = 0;
  let running = true;
  const one = async (sql: Sql, role: string): Promise<void> => {
    await sql`select set_config('role', ${role}, false)`;
    while (running) {
      try {
        await sql.unsafe(`select count(*) from ${table}`);
        answered += 1;
      } catch (error) {
        errors.push(error instanceof Error ? error.message : String(error));
      }
      await sleep(50);
    }
    await sql.end({ timeout: 2 });
  };
  const connections = await Promise.all(Array.from({ length: count }, connect));
  const clients = connections.map((sql, index) => one(sql, ROLES[index % ROLES.length] ?? "postgres"));
  return {
    answered: () => answered,
    async stop() {
      running = false;
      await Promise.all(clients);
      return errors;
    },
  };
}
