import type { PoolerBody, ProjectBody } from "./contract.ts";
import type { Connection } from "./login.ts";

const POSTGRES_PORT = 5432;
const TRANSACTION_PORT = 6543;

/** The database's own address. */
export function directConnection(project: Pick<ProjectBody, "database">): Connection {
  const { host, port = POSTGRES_PORT } = project.database;
  return { host, port, user: "postgres", database: "postgres" };
}

/**
 * Addresses of both poolers as the API names them; undefined while it answers with an empty list. The host is never
 * made up from the region: several hosts serve one region. One entry is enough, because session mode is 5432 and
 * transaction mode 6543 of the same host; an entry of its own overrules that.
 */
export function poolerConnections(
  poolers: readonly PoolerBody[],
): { session: Connection; transaction: Connection } | undefined {
  const primary = poolers.filter((pooler) => pooler.database_type === "PRIMARY");
  const of = (mode: PoolerBody["pool_mode"]) => primary.find((pooler) => pooler.pool_mode === mode);
  const any = of("transaction") ?? of("session");
  if (!any) return undefined;
  const session = of("session");
  const transaction = of("transaction");
  return {
    session: toConnection(session ?? { ...any, db_port: POSTGRES_PORT }),
    transaction: toConnection(transaction ?? { ...any, db_port: TRANSACTION_PORT }),
  };
}

function toConnection(pooler: PoolerBody): Connection {
  return { host: pooler.db_host, port: pooler.db_port, user: pooler.db_user, database: pooler.db_name };
}
