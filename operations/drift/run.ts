import { requireGoingOn } from "../../engine/interrupt.ts";
import { defaultDataDir, projectRoot } from "../../engine/paths.ts";
import { readProject } from "../../engine/settings.ts";
import { secretVariables } from "../github/mask.ts";
import { applyAcceptList } from "./core/accept.ts";
import { describeError } from "./core/describe-error.ts";
import { withSince } from "./core/history.ts";
import { presentable } from "./core/report/text.ts";
import { outcomeOf, type Report, type StackResult } from "./core/result.ts";
import { checkFleet, progressLine, stacksToLookAt } from "./fleet.ts";
import { HistoryFile, readAcceptList } from "./known.ts";
import { requireGitHub, writeReports } from "./output.ts";
import { repairStack } from "./repair.ts";
import type { DriftRequest, RepairRequest } from "./request.ts";
import { openSubject } from "./subject.ts";

/** Looks at the stacks, tells what was found, and keeps it in the history. @returns the worst status of all stacks */
export async function runDrift(
  request: DriftRequest,
  { document }: { readonly document: (report: Report) => void },
): Promise<StackResult["status"]> {
  // What would be refused at the end is refused before anything is looked at.
  if (request.issues) requireGitHub();
  const entries = await readAcceptList(request.accept);
  const { name: project } = await readProject(projectRoot);
  const history = new HistoryFile(defaultDataDir());
  const earlier = await history.read();
  const known = new Set(earlier.map(({ stack }) => stack));
  const fleet = await stacksToLookAt(request, defaultDataDir(), request.mayBeNone ? known : undefined);
  const { stacks, skipped, all } = fleet;
  const progress = progressLine(process.stderr, { total: stacks.length, failOn: request.failOn });
  const started = new Date();
  const { results, secrets } = await checkFleet({
    stacks: stacks.map(({ name }) => name),
    request,
    open: (stack) =>
      openSubject({ stack, found: stacks.find(({ name }) => name === stack), project, cloud: request.cloud }),
    onDone: (result, done) => progress(result, done),
  });
  // What could not be looked at because of that is no finding: nothing of it is kept or told.
  requireGoingOn("Looking for drift");
  const raw: Report = {
    schemaVersion: 2,
    startedAt: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    concurrency: request.concurrency,
    failOn: request.failOn,
    stacks: results,
    notes: [
      ...skipped.map((name) => `${name}: nothing of it is deployed, so it was not looked at`),
      ...(stacks.length === 0 ? ["There is no stack in this backend yet: nothing was looked at"] : []),
    ],
  };
  // Without secrets before anything else sees it; ids are therefore the same in history, accept list and reports.
  const clean = presentable(raw, [...secrets, ...secretVariables()]);
  const dated = withSince(clean.stacks, earlier, clean.startedAt);
  const accepted = applyAcceptList({ entries, results: dated, failOn: request.failOn, now: started });
  const report = { ...clean, stacks: accepted.results, notes: [...clean.notes, ...accepted.notes] };
  const kept = await history.add(report.stacks, report.startedAt).catch(describeError);
  if (kept) process.stderr.write(`The history of runs could not be kept: ${kept}\n`);
  document(report);
  await writeReports(report, request, { all, known });
  if (request.repair) await repairAll(report, { cloud: request.cloud, ...request.repair });
  return outcomeOf(report);
}

async function repairAll({ stacks }: Report, options: RepairRequest & Pick<DriftRequest, "cloud">): Promise<void> {
  // The look is over: from here on the providers may write.
  delete process.env.TAILFIRE_READ_ONLY;
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  for (const stack of stacks.filter(({ status }) => status !== "clean")) {
    await repairStack(stack, { ...options, dataDir: defaultDataDir(), say });
  }
}
