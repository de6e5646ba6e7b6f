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
    return { inputs: news, failures: parsed.error.issues.map(toFailure) };
  }
  const later = Object.fromEntries([...unknowns].map((name) => [name, news[name]]));
  return { inputs: { ...parsed.data, ...later }, failures: [] };
}

/** Turns a schema issue into the engine's form: property path and reason. */
export function toFailure(issue: { path: PropertyKey[]; message: string }): CheckFailure {
  return { property: issue.path.map(String).join("."), reason: issue.message };
}
