import { z } from "zod";
import { type Finding, findingId, type Severity } from "../finding.ts";

const lint = z.object({
  name: z.string(),
  title: z.string(),
  level: z.string(),
  detail: z.string(),
  remediation: z.string(),
  metadata: z
    .object({ schema: z.string().optional(), name: z.string().optional(), type: z.string().optional() })
    .nullish(),
});

/** The answer of GET /v1/projects/{ref}/advisors/security, as far as it is read. */
export const advisorsAnswer = z.object({ lints: z.array(lint) });

/** One thing Supabase advises against. */
type Lint = z.infer<typeof lint>;

/** What the advisors said, or why they were not asked. */
export type Advice = { readonly lints: readonly Lint[] } | { readonly notAsked: string };

const SEVERITY: Readonly<Record<string, Severity>> = { ERROR: "high", WARN: "medium" };
// The rest is advice about the account's plan and its log-in, which no migration and no program of ours decides.
const ABOUT_DATABASE = new Set(["table", "view", "function", "extension", "foreign table", "materialized view"]);

/** Advice at WARN and ERROR about things in the database; a database made by the migrations gets none. */
export function adviceFindings(advice: Advice): Finding[] {
  if ("notAsked" in advice) return [];
  return advice.lints.flatMap(({ name, title, level, detail, remediation, metadata }): Finding[] => {
    const severity = SEVERITY[level];
    if (!severity || !metadata?.name || !ABOUT_DATABASE.has(metadata.type ?? "")) return [];
    const object = `${metadata.type} ${metadata.schema ? `${metadata.schema}.` : ""}${metadata.name}`;
    return [
      {
        id: findingId("security", object, name),
        layer: "security",
        severity,
        object,
        expected: `nothing for Supabase's advisors to say (${title})`,
        found: detail.replaceAll("\\`", ""),
        repair: { how: "hand", safe: false, advice: `Write a migration that follows ${remediation}` },
      },
    ];
  });
}

/** Leaves out advice about what another finding names: that it came, or was changed, is said there. */
export function withoutKnownAdvice(advice: readonly Finding[], others: readonly Finding[]): Finding[] {
  return advice.filter(({ object }) => {
    const name = object.slice(object.lastIndexOf(" ") + 1);
    return !others.some((other) =>
      other.object.split(/[ (]/).some((part) => part === name || part.startsWith(`${name}.`)),
    );
  });
}
