import { appendFile, writeFile } from "node:fs/promises";
import type { ReleasePlan } from "./plan.ts";

/** Hands the plan to the jobs of a workflow that follow, and to the person who approves it. Nothing outside a workflow. */
export async function tellWorkflow(
  { digest, destructive, changesCatalog }: ReleasePlan,
  lines: readonly string[],
): Promise<void> {
  const { GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary } = process.env;
  const pairs = { digest, destructive: destructive.length > 0, "changes-catalog": changesCatalog };
  const told = Object.entries(pairs).map(([name, value]) => `${name}=${value}\n`);
  if (output) await appendFile(output, told.join(""));
  if (summary) await writeFile(summary, `\`\`\`\`text\n${lines.join("\n")}\n\`\`\`\`\n`, { flag: "a" });
}
