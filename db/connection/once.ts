import { Stream } from "node:stream";
import { coded } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { Query } from "./query.ts";
import type { Session } from "./session.ts";

/** Runs a query that belongs to no transaction: on a session for it alone, given back with its answer. */
export function once(pool: Pool, query: Query): void {
  pool.take().then(
    (session) => {
      let answered = false;
      session.send(query, (outcome, value) => {
        if (answered) return undefined;
        answered = true;
        return finish({ pool, session, query, outcome, value });
      });
    },
    (error: unknown) => query.reject(error),
  );
}

function finish(answer: {
  pool: Pool;
  session: Session;
  query: Query;
  outcome: "resolve" | "reject";
  value: unknown;
}): Error | undefined {
  const { pool, session, query, outcome, value } = answer;
  if (value instanceof Stream) {
    value.once("close", () => pool.give(session));
    return undefined;
  }
  // The server says it where nothing else was under way. Otherwise the text has to do.
  const { status } = session;
  const open = status === undefined ? mayBegin.test(query.strings[0] ?? "") : status !== "I";
  const error = open ? unfinished() : undefined;
  if (error) session.close(error);
  pool.give(session);
  return outcome === "resolve" ? error : undefined;
}

const mayBegin = /\b(begin|start)\b/i;

function unfinished(): Error {
  return coded(
    "UNSAFE_TRANSACTION",
    "A transaction left open would reach the next caller, so its session was ended: use sql.begin or sql.reserve.",
  );
}
