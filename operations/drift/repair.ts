import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openSessions } from "../../db/connection/open.ts";
import { RefusedError } from "../../engine/error.ts";
import { resourceLabel } from "../../engine/events.ts";
import type { Cloud } from "../../engine/guard.ts";
import { loginOf } from "../session/login.ts";
import { pendingLines, pendingMigrations } from "../session/pending.ts";
import { openSession } from "../session/session.ts";
import type { Finding } from "./core/finding.ts";
import { type RepairPlan, repairFiles, repairPlan, repairTargets, runStatements } from "./core/repair.ts";
import type { StackResult } from "./core/result.ts";
import type { RepairRequest } from "./request.ts";

/** How long one statement of a repair may take: as long as one of a migration by default. */
const REPAIR_MILLISECONDS = 600_000;

/** Where the stack is, and how far its repair may go. */
export interface RepairOptions extends RepairRequest {
  readonly cloud: Cloud;
  readonly dataDir: string;
  readonly say: (line: string) => void;
}

/**
 * Shows what would put a stack right, writes statements for its schema into files, and with a yes does what is safe: `up`
 * of the resources that differ, and statements that lose no data and take nothing away. @throws RefusedError without a yes, and for a protected stack
 * that was not named; nothing is changed then.
 */
export async function repairStack(result: StackResult, options: RepairOptions): Promise<void> {
  const { cloud, dataDir, protectedStack, say } = options;
  const { stack, findings, status } = result;
  const attempted = `repair of stack ${stack}`;
  if (status === "busy" || status === "unreachable") {
    throw new RefusedError({ attempted, answered: `it is ${status}`, next: "Repair it once it can be looked at." });
  }
  const plan = repairPlan(findings);
  for (const line of planLines(stack, plan)) say(line);
  if (plan.safe.length + plan.written.length > 0) {
    const folder = join(dataDir, "drift", "repair");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files = repairFiles(findings);
    for (const [name, text] of [["take-back", files.takeBack] as const, ["keep", files.keep] as const]) {
      const path = join(folder, `${stack}.${name}.sql`);
      await writeFile(path, text, { mode: 0o600 });
      say(`  written: ${path}`);
    }
  }
  if (plan.up.length + plan.safe.length === 0) return;
  const session = await openSession({ stack, cloud, dataDir });
  const isProtected = (await session.stack.resources()).some(({ protect }) => protect === true);
  if (isProtected && protectedStack !== stack) {
    const next = `To repair it all the same, type its name: npm run drift -- ${stack} --repair --protected ${stack}`;
    throw new RefusedError({ attempted, answered: "it is protected. Nothing was changed", next });
  }
  await options.confirm({ question: `Do what is safe on ${stack}?`, attempted });
  if (plan.safe.length > 0) await runSafe(session.stack, plan.safe, say);
  if (plan.up.length > 0) await bringBack(session.stack, { plan, findings, say });
  say(`${stack}: repaired; npm run drift -- ${stack} looks again`);
}

/** Runs `up` on the resources that findings are about, and on no other. */
async function bringBack(
  stack: Awaited<ReturnType<typeof openSession>>["stack"],
  options: { plan: RepairPlan; findings: readonly Finding[]; say: (line: string) => void },
): Promise<void> {
  const { plan, findings, say } = options;
  const [resources, pending] = await Promise.all([stack.resources(), pendingMigrations(stack)]);
  const recorded = resources.map(({ urn }) => resourceLabel(urn));
  const wanted = repairTargets({ findings: plan.up, all: findings, recorded });
  // Bringing migrations back is applying them, and what is pending is deployed by intent.
  const [held, targets] = [wanted.filter(isHeld), wanted.filter((label) => !isHeld(label))];
  for (const label of held) say(`  left: ${label}; it needs ${pending.join(", ")}, which npm run up deploys`);
  const urns = resources.filter(({ urn }) => targets.includes(resourceLabel(urn))).map(({ urn }) => urn);
  if (urns.length > 0) await stack.up({ targets: urns });
  for (const line of pendingLines(pending)) say(`  ${line}`);

  function isHeld(label: string): boolean {
    return label.startsWith("Migrations ") && pending.length > 0;
  }
}

function planLines(stack: string, { up, safe, written, hand }: RepairPlan): string[] {
  const named = (title: string, findings: readonly Finding[]) =>
    findings.length === 0 ? [] : [`  ${title}:`, ...findings.map(({ object }) => `    ${object}`)];
  return [
    `${stack}:`,
    ...named("an up of these alone brings back", up),
    ...named("statements that take nothing away bring back", safe),
    ...named("statements to look at first, in the file below", written),
    ...(hand.length === 0
      ? []
      : ["  by hand:", ...hand.map(({ object, repair }) => `    ${object}: ${repair.advice}`)]),
  ];
}

async function runSafe(
  stack: Awaited<ReturnType<typeof openSession>>["stack"],
  findings: readonly Finding[],
  say: (line: string) => void,
): Promise<void> {
  const outputs = await stack.outputs({ showSecrets: true });
  const sql = openSessions({
    ...loginOf(outputs),
    ssl: "require",
    max: 1,
    connection: { application_name: "drift repair", statement_timeout: REPAIR_MILLISECONDS },
  });
  try {
    for (const { object } of await runStatements(sql, findings)) say(`  done: ${object}`);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
