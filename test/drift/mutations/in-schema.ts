import type { Expected, Mutation, SqlChange } from "./mutation.ts";

/** A change of the preview's schema that the statements of the finding undo, unless `back` says otherwise. */
export function inSchema(options: {
  readonly name: string;
  readonly sql: string;
  /** What is found, in the layer `schema`. */
  readonly object: string | readonly string[];
  readonly back?: string;
  /** Made by the platform's superuser: `postgres` may not. */
  readonly platform?: true;
  readonly layer?: Expected["layer"];
  readonly alone?: true;
}): Mutation {
  const { name, sql, object, back, platform, layer = "schema", alone } = options;
  const as = (text: string): SqlChange => ({ sql: text, ...(platform ? { platform } : {}) });
  return {
    name,
    on: "preview",
    change: as(sql),
    finds: [object].flat().map((found) => ({ layer, object: found })),
    back: back === undefined ? "repair" : as(back),
    ...(alone ? { alone } : {}),
  };
}
