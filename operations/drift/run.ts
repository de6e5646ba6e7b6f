import { defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { readProject } from "../../engine/settings.ts";
import { secretVariables } from "../github/mask.ts";
import type { DriftArguments } from "./arguments.ts";
import { applyAcceptList } from "./core/accept.ts";
import { withSince } from "./core/history.ts";
import { presentable } from "./core/report/text.ts";
import { exitCode, type Report } from "./core/result.ts";
import { describeError } from "./core/target.ts";
import { checkFleet, progressLine, stacksToLookAt } from "./fleet.ts";
import { HistoryFile, readAcceptList } from "./known.ts";
import { requireGitHub, writeReports } from "./output.ts";
import { repairStack } from "./repair.ts";
import { openSubject } from "./subject.ts";

/** Looks at the stacks, tells what was found, and keeps it in the history. @returns the exit code */
export async function runDrift(args: DriftArguments): Promise<number> {
  // What would be refused at the end is refused before anything is looked at.
  if (args.issues) requireGitHub();
  const entries = await readAcceptList(args.accept);
  const { name: project } = await readProject(projectRoot);
  const { stacks, skipped, all } = await stacksToLookAt(args);
  const progress = progressLine(process.stderr, { total: stacks.length, failOn: args.failOn });
  const started = new Date();
  const { results, secrets } = await checkFleet({
    stacks: stacks.map(({ name }) => name),
    arguments: args,
    open: (stack) =>
      openSubject({ stack, found: stacks.find(({ name }) => name === stack), project, cloud: args.cloud }),
    onDone: (result, done) => progress(result, done),
  });
  const raw: Report = {
    schemaVersion: 2,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    concurrency: args.concurrency,
    failOn: args.failOn,
    stacks: results,
    notes: skipped.map((name) => `${name}: nothing of it is deployed, so it was not looked at`),
  };
  // Without secrets before anything else sees it; ids are therefore the same in history, accept list and reports.
  const clean = presentable(raw, [...secrets, ...secretVariables()]);
  const history = new HistoryFile(defaultDataDir());
  const dated = withSince(clean.stacks, await history.read(), clean.startedAt);
  const accepted = applyAcceptList({ entries, results: dated, failOn: args.failOn, now: started });
  const report = { ...clean, stacks: accepted.results, notes: [...clean.notes, ...accepted.notes] };
  const kept = await history.add(report.stacks, report.startedAt).catch(describeError);
  if (kept) process.stderr.write(`The history of runs could not be kept: ${kept}\n`);
  await writeReports(report, args, all);
  if (args.repair) await repairAll(report, args);
  return exitCode(report);
}

async function repairAll({ stacks }: Report, { cloud, yes, protectedStack }: DriftArguments): Promise<void> {
  // The look is over: from here on the providers may write.
  delete process.env.TAILFIRE_READ_ONLY;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  for (const stack of stacks.filter(({ status }) => status !== "clean")) {
    await repairStack(stack, { cloud, yes, protectedStack, dataDir: defaultDataDir(), say });
  }
}
