import { readFile } from "node:fs/promises";
import type { Sql } from "postgres";
import { isQuery, type Query } from "./query.ts";

/**
 * What postgres.js offers to send queries with (`sql`, `unsafe`, `file`, ...), whose queries go to `dispatch`.
 * @param extra further functions and properties it has, such as `savepoint`.
 */
export function speaking<Extra extends object>(base: Sql, dispatch: (query: Query) => void, extra: Extra) {
  const route = <Made>(made: Made): Made => {
    if (isQuery(made)) made.handler = dispatch;
    return made;
  };
  const call = base as unknown as (...given: unknown[]) => unknown;
  const sql = (...given: unknown[]) => route(call(...given));
  const unsafe = ((...given: Parameters<Sql["unsafe"]>) => route(base.unsafe(...given))) as Sql["unsafe"];
  return Object.assign(sql, {
    ...{ types: base.types, typed: base.typed, array: base.array, json: base.json },
    unsafe,
    file: (path: string, ...given: [unknown?, unknown?]) => fromFile(unsafe, path, given, dispatch),
    notify: async (channel: string, payload: string) => unsafe("select pg_notify($1, $2)", [channel, `${payload}`]),
    ...extra,
  });
}

function fromFile(
  unsafe: Sql["unsafe"],
  path: string,
  given: readonly [unknown?, unknown?],
  dispatch: (query: Query) => void,
) {
  const [parameters, options] = Array.isArray(given[0]) ? [given[0], given[1]] : [[], given[0]];
  const made = unsafe("", parameters, options as Parameters<Sql["unsafe"]>[2]);
  (made as unknown as Query).handler = (query) => {
    readFile(path, "utf8").then(
      (text) => {
        query.strings = [text];
        dispatch(query);
      },
      (error: unknown) => query.reject(error),
    );
  };
  return made;
}
