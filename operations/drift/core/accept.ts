import { parse } from "yaml";
import { z } from "zod";
import type { Severity } from "./finding.ts";
import { type Finding, LAYERS } from "./finding.ts";
import { type StackResult, statusOf } from "./result.ts";

const entry = z.strictObject({
  /** Id of a finding; `*` stands for any text. */
  finding: z.string().min(1),
  /** Name of the stack it holds for; `*` stands for any text. Default: every stack. */
  stack: z.string().min(1).default("*"),
  reason: z.string().trim().min(1),
  /** Last day on which it holds, UTC. */
  expires: z.iso.date(),
});
const file = z.strictObject({ accept: z.array(entry) });

/** One difference that is known and may stay for a while. */
export type AcceptEntry = z.infer<typeof entry>;

/** Reads an accept list. @throws Error naming every entry that is not what it has to be. */
export function parseAcceptList(text: string, name: string): AcceptEntry[] {
  let content: unknown;
  try {
    content = parse(text) ?? { accept: [] };
  } catch (error) {
    throw new Error(
      `Reading ${name} failed: it is not YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = file.safeParse(content);
  if (parsed.success) return parsed.data.accept;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "the file"}: ${message}`);
  throw new Error(`Reading ${name} failed: ${problems.join("; ")}. Each entry needs finding, reason and expires.`);
}

/** Marks what the list names, and says which of its entries no longer count or name nothing that was looked for. */
export function applyAcceptList(options: {
  readonly entries: readonly AcceptEntry[];
  readonly results: readonly StackResult[];
  readonly failOn: Severity;
  readonly now: Date;
}): { results: StackResult[]; notes: string[] } {
  const { entries, results, failOn, now } = options;
  const today = now.toISOString().slice(0, 10);
  const rules = entries.filter(({ expires }) => expires >= today).map(toRule);
  const used = new Set<AcceptEntry>();
  const accepted = results.map((result) => acceptIn(result, { rules, used, failOn }));
  const notes = entries.flatMap((one) => {
    if (one.expires < today) return [`accept list: ${nameOf(one)} expired on ${one.expires} and is no longer accepted`];
    return used.has(one) || !wasLookedFor(one, results)
      ? []
      : [`accept list: ${nameOf(one)} names nothing that was found: remove it`];
  });
  return { results: accepted, notes };
}

/** An entry with its patterns compiled once: a list of a thousand meets ten thousand findings. */
interface Rule {
  readonly entry: AcceptEntry;
  readonly finding: (id: string) => boolean;
  readonly stack: (name: string) => boolean;
}

function toRule(one: AcceptEntry): Rule {
  return { entry: one, finding: matcher(one.finding), stack: matcher(one.stack) };
}

function acceptIn(
  result: StackResult,
  { rules, used, failOn }: { rules: readonly Rule[]; used: Set<AcceptEntry>; failOn: Severity },
): StackResult {
  const ours = rules.filter(({ stack }) => stack(result.stack));
  const findings = result.findings.map((finding): Finding => {
    const naming = ours.filter((rule) => rule.finding(finding.id));
    for (const rule of naming) used.add(rule.entry);
    const found = naming[0]?.entry;
    return found ? { ...finding, accepted: { reason: found.reason, expires: found.expires } } : finding;
  });
  const looked = result.status === "clean" || result.status === "drift";
  return { ...result, findings, status: looked ? statusOf(result.layers, findings, failOn) : result.status };
}

function matcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes("*")) return (text) => text === pattern;
  const source = pattern.split("*").map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"));
  const compiled = new RegExp(`^${source.join(".*")}$`, "s");
  return (text) => compiled.test(text);
}

/** Whether the layers an entry may belong to were read on every stack it may belong to. */
function wasLookedFor(one: AcceptEntry, results: readonly StackResult[]): boolean {
  const layers = LAYERS.filter((layer) => one.finding.startsWith(`${layer}:`));
  const wanted = layers.length > 0 ? layers : LAYERS;
  const isMeant = matcher(one.stack);
  const stacks = results.filter(({ stack }) => isMeant(stack));
  const read = (result: StackResult) =>
    wanted.every((layer) => result.layers.some((each) => each.layer === layer && each.status === "checked"));
  return stacks.length > 0 && stacks.every(read);
}

function nameOf({ finding, stack }: AcceptEntry): string {
  return stack === "*" ? finding : `${finding} on ${stack}`;
}

const DAYS = 30;

/** The entry that accepts a finding for the next 30 days, to be pasted into the accept list. */
export function acceptEntry(finding: Pick<Finding, "id">, stack: string, now: Date): string {
  const expires = new Date(now.getTime() + DAYS * 86_400_000).toISOString().slice(0, 10);
  const lines = [
    `- finding: ${JSON.stringify(finding.id)}`,
    `  stack: ${/^[\w.-]+$/.test(stack) ? stack : JSON.stringify(stack)}`,
    "  reason: WHY",
    `  expires: ${expires}`,
  ];
  return lines.join("\n");
}
