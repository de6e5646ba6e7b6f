import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { RefusedError } from "../../engine/error.ts";
import { type GitHubAccess, gitHubAccess, runUrl } from "../github/api.ts";
import { htmlReport } from "./core/report/html.ts";
import { markdownReport } from "./core/report/markdown.ts";
import { terminalReport } from "./core/report/terminal.ts";
import type { Report } from "./core/result.ts";
import { type IssuesInput, syncIssues } from "./issues.ts";
import type { DriftRequest } from "./request.ts";

/** Writes the reports that were asked for, the document aside; to a terminal, where none of them has stdout. */
export async function writeReports(
  report: Report,
  { json, markdown, html, issues }: Pick<DriftRequest, "json" | "markdown" | "html" | "issues">,
  fleet: Pick<IssuesInput, "all" | "known">,
): Promise<void> {
  if (markdown !== undefined) await put(markdown, markdownReport(report));
  if (html !== undefined) await put(html, htmlReport(report));
  if (!json && markdown !== "-" && html !== "-") {
    const { stdout } = process;
    process.stdout.write(`${terminalReport(report, { colour: hasColour(stdout), columns: stdout.columns })}\n`);
  }
  if (issues) await writeIssues(report, fleet);
}

async function put(file: string, text: string): Promise<void> {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  const path = resolve(file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** How GitHub is reached. @throws RefusedError where the environment does not say. */
export function requireGitHub(): GitHubAccess {
  const access = gitHubAccess();
  if (access) return access;
  throw new RefusedError({
    attempted: "Writing the issues of the stacks that drifted",
    answered: "GITHUB_API_URL, GITHUB_REPOSITORY or GITHUB_TOKEN is not set",
    next: "Run it in a workflow with issues: write, or leave --issues out.",
  });
}

async function writeIssues(report: Report, fleet: Pick<IssuesInput, "all" | "known">): Promise<void> {
  const access = requireGitHub();
  const { GITHUB_JOB: scope = "drift" } = process.env;
  for (const line of await syncIssues(access, { report, scope, ...fleet, runUrl: runUrl() }))
    process.stderr.write(`${line}\n`);
}

/** Colours only on a terminal, and not where NO_COLOR says otherwise (no-color.org). */
export function hasColour(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv = process.env): boolean {
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== "dumb";
}
