import { z } from "zod";
import { LAYERS, SEVERITIES } from "../finding.ts";
import type { Report } from "../result.ts";

const layer = z.enum(LAYERS);
const severity = z.enum(SEVERITIES).describe("From harmless to urgent: low, medium, high.");
const time = z.iso.datetime();
const seconds = z.number().nonnegative();

const repair = z.strictObject({
  how: z.enum(["up", "sql", "hand"]).describe("By npm run up, by the statements in sql, or by a person."),
  advice: z.string(),
  sql: z.array(z.string()).optional().describe("Statements in order."),
  safe: z.boolean().describe("False where carrying it out loses data or takes something away."),
});

const finding = z.strictObject({
  id: z.string().describe("The same for the same difference in every run; unique within a stack."),
  layer,
  severity,
  object: z.string().describe("Kind and qualified name."),
  expected: z.string(),
  found: z.string(),
  reproduce: z.array(z.string()).optional().describe("Statements that make this difference where it is not."),
  repair,
  since: time.optional().describe("First run that found it without a break, as far as the history goes."),
  accepted: z
    .strictObject({ reason: z.string(), expires: z.iso.date() })
    .optional()
    .describe("Set where the accept list names it: it does not count."),
});

const stack = z.strictObject({
  stack: z.string(),
  catalog: z
    .enum(["local", "foreign", "snapshot"])
    .optional()
    .describe("Where its catalog lives; absent where unknown."),
  address: z.string().optional().describe("Its database, host:port."),
  source: z.string().optional().describe("Database its foreign catalog is read from, host:port."),
  status: z
    .enum(["clean", "drift", "unreachable", "busy"])
    .describe("unreachable: something could not be looked at; busy: an operation was under way, nothing is reported."),
  reason: z.string().optional().describe("Why it is busy, or could not be opened at all."),
  layers: z.array(
    z.strictObject({
      layer,
      status: z.enum(["checked", "unreachable"]),
      seconds,
      error: z.string().optional().describe("Only where unreachable."),
    }),
  ),
  findings: z.array(finding),
  notes: z.array(z.string()).describe("Worth knowing and no drift, such as pending migrations."),
  seconds,
});

/** The document `npm run drift -- --json` prints. */
export const reportSchema = z.strictObject({
  schemaVersion: z.literal(2).describe("Raised when a field goes or changes its meaning."),
  startedAt: time,
  seconds,
  concurrency: z.number().int().positive().describe("Stacks looked at at a time."),
  failOn: severity,
  stacks: z.array(stack),
  notes: z.array(z.string()).describe("Entries of the accept list that no longer count, or name nothing."),
  error: z
    .looseObject({ code: z.string(), message: z.string() })
    .optional()
    .describe("Only where the run failed after it had looked, as when a repair is refused."),
}) satisfies z.ZodType<unknown, Report>;

/** The same as a JSON Schema, as published in docs/reference/drift.schema.json. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(reportSchema, { target: "draft-2020-12" });
  return `${JSON.stringify({ title: "Report of npm run drift", ...schema }, null, 2)}\n`;
}
