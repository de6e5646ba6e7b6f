import { coded } from "./errors.ts";
import type { Session } from "./session.ts";

type State = { standby: boolean; read_only: boolean };

const look =
  "select pg_catalog.pg_is_in_recovery() as standby, current_setting('transaction_read_only')::bool as read_only";

const holds: Record<string, (state: State, last: boolean) => boolean> = {
  "read-write": ({ read_only }) => !read_only,
  "read-only": ({ read_only }) => read_only,
  primary: ({ standby }) => !standby,
  standby: ({ standby }) => standby,
  "prefer-standby": ({ standby }, last) => standby || last,
};

/**
 * Asks the server for what libpq calls target_session_attrs.
 * @throws CONNECTION_REFUSED where it is another kind of server; the next address is tried then.
 */
export async function demandAttributes(session: Session, wanted: string, last: boolean): Promise<void> {
  const [state] = (await session.run(look)) as State[];
  if (state && holds[wanted]?.(state, last)) return;
  throw coded("CONNECTION_REFUSED", `The server is not ${wanted}, as target_session_attrs asks.`);
}
