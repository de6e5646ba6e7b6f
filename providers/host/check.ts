import type { z } from "zod";
import type { CheckFailure, Properties } from "./kind.ts";

/**
 * Checks inputs against a schema and reports all problems at once. Properties whose value is not known yet (in a
 * preview) are not judged; they are passed on as they are.
 */
export function checkWith(
  schema: z.ZodObject,
  news: Properties,
  unknowns: ReadonlySet<string>,
): { inputs: Properties; failures: CheckFailure[] } {
  const judged = Object.fromEntries(Object.entries(news).filter(([name]) => !unknowns.has(name)));
  const shape = Object.fromEntries(Object.entries(schema.shape).filter(([name]) => !unknowns.has(name)));
  const parsed = schema.clone({ ...schema.def, shape }).safeParse(judged);
  if (!parsed.success) {
    return { inputs: news, failures: parsed.error.issues.map((issue) => toFailure(issue, judged)) };
  }
  const later = Object.fromEntries([...unknowns].map((name) => [name, news[name]]));
  return { inputs: { ...parsed.data, ...later }, failures: [] };
}

/** Turns a schema issue into the engine's form: property path and reason. */
export function toFailure(issue: { path: PropertyKey[]; message: string }, inputs?: Properties): CheckFailure {
  const property = issue.path.map(String).join(".");
  if (inputs === undefined || issue.path.length === 0 || valueAt(inputs, issue.path) !== undefined) {
    return { property, reason: issue.message };
  }
  const expected = /^Invalid \w+: expected (.+?)(?:, received undefined)?$/.exec(issue.message)?.[1];
  // A message of the kind's own says more than that something is missing.
  if (expected === undefined) return { property, reason: issue.message };
  return { property: "", reason: `${property} is missing: it is to be ${expected}.` };
}

function valueAt(value: unknown, [name, ...rest]: readonly PropertyKey[]): unknown {
  if (name === undefined) return value;
  return typeof value === "object" && value !== null ? valueAt(Reflect.get(value, name), rest) : undefined;
}
