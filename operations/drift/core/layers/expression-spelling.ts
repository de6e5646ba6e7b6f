import type { Delta } from "@supabase/pg-delta";

const ARRAY = /\(ARRAY\[((?:'(?:[^']|'')*'::[\w ]+(?:\(\d+\))?(?:, )?)+)\]\)::([\w ]+)\[\]/g;
const ELEMENT = /'(?:[^']|'')*'::[\w ]+(?:\(\d+\))?/g;

/**
 * An expression as Postgres prints it once what it printed was read again: it prints `x in ('a', 'b')` of a varchar as
 * `(ARRAY['a'::character varying, ...])::text[]`, and that as `ARRAY[('a'::character varying)::text, ...]`. A table restored
 * from a dump has the second.
 */
export function settled(expression: string): string {
  return expression.replaceAll(ARRAY, (_, elements: string, type: string) => {
    return `ARRAY[${elements.replaceAll(ELEMENT, (element) => `(${element})::${type}`)}]`;
  });
}

/** Whether a difference is one of spelling alone. */
export function isSpelling(delta: Delta): boolean {
  if (delta.verb !== "set" || typeof delta.from !== "string" || typeof delta.to !== "string") return false;
  return settled(delta.from) === settled(delta.to);
}
