import type { Sql } from "postgres";

/**
 * What postgres.js 3.4.9 keeps in a query besides what its types say. `handler` decides which session it goes to and is
 * asked once, when the query is first waited for.
 */
export interface Query extends Promise<unknown> {
  handler: (query: Query) => void;
  canceller: ((query: Query) => unknown) | null;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  cancelled: unknown;
  active: boolean;
  cursorFn?: (rows: unknown) => unknown;
  strings: readonly string[];
  options: { simple?: boolean };
}

/** True for what a call of `sql` made to be sent; false for names, values and lists to be put into a query. */
export function isQuery(made: unknown): made is Query {
  return made instanceof Promise && "handler" in made;
}

/** A query that nothing has been sent of, for its `handler` to be set. */
export function bareQuery(sql: Sql, text = ""): Query {
  return sql.unsafe(text) as unknown as Query;
}

/**
 * Calls `settled` before an answer of `query` reaches the caller, who gets the error that it returns, if it returns one,
 * instead. An iteration over a cursor puts functions of its own into the query at every step, so that wrapping them once
 * would miss the later ones.
 * @param lost why the query's session is over; a cursor then takes no further step, and its next one rejects.
 */
export function watch(
  query: Query,
  settled: (outcome: "resolve" | "reject", value: unknown) => unknown | undefined,
  lost: () => Error | undefined,
): void {
  const answers = { resolve: query.resolve, reject: query.reject };
  for (const outcome of ["resolve", "reject"] as const) {
    Object.defineProperty(query, outcome, {
      configurable: true,
      get: () => (value: unknown) => {
        const error = settled(outcome, value);
        if (error === undefined) answers[outcome](value);
        else answers.reject(error);
        // Otherwise an iteration would take what is lost for its end.
        if (query.cursorFn && lost()) query.active = true;
      },
      set: (next: Query["resolve"]) => {
        answers[outcome] = next;
        const cause = lost();
        if (outcome === "reject" && cause) next(cause);
      },
    });
  }
  if (query.cursorFn) watchCursor(query, lost);
}

function watchCursor(query: Query, lost: () => Error | undefined): void {
  let step = query.cursorFn;
  Object.defineProperty(query, "cursorFn", {
    configurable: true,
    // postgres.js writes the next request to the connection when this resolves, and throws where that is gone.
    get: () => async (rows: unknown) => {
      const answer = await step?.(rows);
      return lost() ? new Promise(() => {}) : answer;
    },
    set: (next: typeof step) => {
      step = next;
    },
  });
}
