import { poolerAnswer } from "../../db/connection/pooler-answers.ts";

/** How bad something is. A note needs nothing done. */
export type Level = "ok" | "note" | "warning" | "error";

/** One thing that was looked at. Holds no secret. */
export interface Diagnosis {
  /** What was looked at, such as `session pooler`. */
  readonly check: string;
  readonly level: Level;
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly next?: string;
}

/** The worst of all findings. */
export function worst(findings: readonly Diagnosis[]): Level {
  const order = ["error", "warning", "note"] as const;
  return order.find((level) => findings.some((finding) => finding.level === level)) ?? "ok";
}

/** Runs a check; what it throws becomes a finding. */
export async function look(check: string, next: string, work: () => Promise<Diagnosis[]>): Promise<Diagnosis[]> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? `${String(error.code)} ` : "";
    const found = `${code}${error instanceof Error ? error.message : String(error)}`;
    const pooled = error instanceof Error ? poolerAnswer(error) : undefined;
    if (!pooled) return [{ check, level: "error", found, next }];
    return [{ check, level: "error", found: `${found}: ${pooled.cause}`, next: pooled.next }];
  }
}

/** Findings as lines of text. */
export function render(findings: readonly Diagnosis[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.map(({ check, level, found, next }) => {
    const line = `${level.padEnd(7)}  ${check.padEnd(width)}  ${found}`;
    return next ? `${line}\n${" ".repeat(width + 11)}-> ${next}` : line;
  });
  return `${lines.join("\n")}\n`;
}
