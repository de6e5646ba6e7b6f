import { createHash } from "node:crypto";
import { call, type GitHubAccess, pages } from "../github/api.ts";
import { authorTest } from "../github/comments.ts";
import { acceptEntry } from "./core/accept.ts";
import type { Finding } from "./core/finding.ts";
import { code, howToAccept, markdownStack } from "./core/report/markdown.ts";
import { minute } from "./core/report/summary.ts";
import { counted, type Report, type StackResult } from "./core/result.ts";

/** By which the issues are found among all others of a repository. */
const LABEL = "drift";
const PERMISSION = "issues: write";
const NAMED = 10;
/** Findings an issue remembers, so that its body has room for words. */
const REMEMBERED = 1000;

/** What the issues are brought in line with. */
export interface IssuesInput {
  readonly report: Report;
  /** Tells the issues of one job from those of another one, which looks at other stacks. */
  readonly scope: string;
  /** Names of all stacks that are deployed; undefined where only some were looked at. */
  readonly all: readonly string[] | undefined;
  /** Names of the stacks that earlier runs looked at, as the history has them. */
  readonly known: ReadonlySet<string>;
  readonly runUrl: string | undefined;
}

interface Issue {
  readonly number: number;
  readonly state: "open" | "closed";
  readonly state_reason?: string | null;
  readonly body?: string | null;
  readonly user?: { readonly login?: string; readonly type?: string } | null;
  readonly labels?: readonly ({ readonly name?: string } | string)[];
  readonly pull_request?: unknown;
}

/**
 * Opens an issue for a stack that drifted twice in a row, keeps it up to date, opens it again, and closes it when the
 * stack is clean or gone. What could not be read leaves an issue as it is.
 * @returns what was done, a line for each. @throws Error when GitHub refuses.
 */
export async function syncIssues(access: GitHubAccess, input: IssuesInput): Promise<string[]> {
  const labelled = await pages<Issue>(access, `/issues?state=all&labels=${LABEL}`, PERMISSION);
  const marked = labelled.filter((issue) => issue.pull_request === undefined && issue.body?.startsWith(MARK));
  const issues = marked.filter(await authorTest(access, marked));
  const done: string[] = [];
  for (const stack of input.report.stacks) {
    const own = issues.filter(({ body }) => body?.startsWith(marker(input.scope, stack.stack)));
    const line = await syncStack(new StackIssue(access, input, stack), own.find(isOpen) ?? own[0]);
    if (line) done.push(`${stack.stack}: ${line}`);
  }
  return [...done, ...(await closeGone(access, input, issues))];
}

async function syncStack(next: StackIssue, known: Issue | undefined): Promise<string | undefined> {
  if (next.findings.length > 0) {
    if (known?.state === "open") return next.update(known);
    if (!next.confirmed) return "drifted; an issue is opened if the next check finds it again";
    return known ? next.reopen(known) : next.open();
  }
  return next.isClean && known?.state === "open" ? next.close(known, "is clean") : undefined;
}

/**
 * Issues of stacks that are gone, as those of previews whose pull request was closed. In a wrong backend every stack
 * looks gone: so one counts as gone only if an earlier run looked at it, and if another stack of that run is still there.
 */
async function closeGone(access: GitHubAccess, input: IssuesInput, issues: readonly Issue[]): Promise<string[]> {
  const { all, known, scope, report } = input;
  if (!all) return [];
  const isBackendKnown = all.some((stack) => known.has(stack));
  const lines: string[] = [];
  for (const issue of issues.filter(isOpen)) {
    const stack = stackOfBody(issue.body ?? "", scope);
    if (stack === undefined || all.includes(stack)) continue;
    if (!isBackendKnown || !known.has(stack)) {
      const why = isBackendKnown ? "no earlier run looked at it" : "nor is any other stack that earlier runs looked at";
      lines.push(
        `${stack}: issue ${issue.number} stays open: the stack is not in this backend, and ${why}. Close it by hand if the stack was removed.`,
      );
      continue;
    }
    const gone: StackResult = { stack, status: "clean", layers: [], findings: [], notes: [], seconds: 0 };
    const line = await new StackIssue(access, { ...input, report }, gone).close(issue, "is gone");
    lines.push(`${stack}: ${line}`);
  }
  return lines;
}

/** The issue of one stack, as this run leaves it. */
class StackIssue {
  readonly findings: readonly Finding[];
  /** Whether any finding was there in the run before as well. */
  readonly confirmed: boolean;
  readonly isClean: boolean;
  readonly #access: GitHubAccess;
  readonly #input: IssuesInput;
  readonly #stack: StackResult;

  constructor(access: GitHubAccess, input: IssuesInput, stack: StackResult) {
    const { failOn, startedAt } = input.report;
    this.#access = access;
    this.#input = input;
    this.#stack = stack;
    this.findings = counted(stack, failOn);
    this.confirmed = this.findings.some(({ since }) => since !== undefined && since < startedAt);
    this.isClean = stack.status === "clean";
  }

  async open(): Promise<string> {
    const fields = { title: `Drift: ${this.#stack.stack}`, body: this.#body(), labels: [LABEL] };
    const made = await this.#send<Issue>("POST", "/issues", fields);
    // Without it the next run would not find the issue, and would open another.
    if (!made.labels?.some((label) => (typeof label === "string" ? label : label.name) === LABEL))
      throw new Error(`Opening issue ${made.number} failed: GitHub did not set the label ${LABEL}. Set it by hand.`);
    return `opened issue ${made.number}`;
  }

  async update(known: Issue): Promise<string> {
    await this.#send("PATCH", `/issues/${known.number}`, { body: this.#body() });
    const news = this.#news(known);
    if (news) await this.#comment(known, news);
    return `updated issue ${known.number}`;
  }

  async reopen(known: Issue): Promise<string | undefined> {
    // Somebody decided to live with it: only something new is worth opening it again.
    if (known.state_reason === "not_planned" && this.#unknown(known).length === 0) return undefined;
    await this.#send("PATCH", `/issues/${known.number}`, { state: "open", body: this.#body() });
    await this.#comment(known, "Drifted again.");
    return `reopened issue ${known.number}`;
  }

  async close(known: Issue, why: string): Promise<string> {
    await this.#comment(known, `${code(this.#stack.stack)} ${why}.`);
    await this.#send("PATCH", `/issues/${known.number}`, { state: "closed", state_reason: "completed" });
    return `closed issue ${known.number}: ${why}`;
  }

  #body(): string {
    const { report, scope } = this.#input;
    const { stack } = this.#stack;
    const hashes = this.findings
      .slice(0, REMEMBERED)
      .map(({ id }) => hashOf(id))
      .join(" ");
    const [first] = this.findings;
    const head = [
      marker(scope, stack),
      `<!-- findings ${hashes} -->`,
      `${code(stack)} is not what the code says. Checked ${minute(report.startedAt)}${this.#run()}.`,
      "",
    ];
    const tail = [
      "",
      `See it again with ${code(`npm run drift -- ${stack}`)}.`,
      ...(first ? howToAccept(acceptEntry(first, stack, new Date(report.startedAt))) : []),
      "",
      "This issue is kept up to date, and closed when the stack is clean.",
      "",
    ];
    return markdownStack(this.#stack, { report, head: head.join("\n"), tail: tail.join("\n") });
  }

  #unknown(known: Issue): readonly Finding[] {
    const before = hashesIn(known);
    return this.findings.slice(0, REMEMBERED).filter(({ id }) => !before.has(hashOf(id)));
  }

  /** What changed since the issue was last written; undefined where it is the same findings. */
  #news(known: Issue): string | undefined {
    const fresh = this.#unknown(known);
    const left = new Set(this.findings.map(({ id }) => hashOf(id)));
    const gone = [...hashesIn(known)].filter((hash) => !left.has(hash)).length;
    if (fresh.length + gone === 0) return undefined;
    const more = fresh.length > NAMED ? `, and ${fresh.length - NAMED} more` : "";
    const named = fresh.slice(0, NAMED).map(({ id }) => code(id));
    return [
      ...(fresh.length > 0 ? [`New: ${named.join(", ")}${more}.`] : []),
      ...(gone > 0 ? [`${gone} no longer found.`] : []),
    ].join(" ");
  }

  #comment(known: Issue, text: string): Promise<unknown> {
    return this.#send("POST", `/issues/${known.number}/comments`, { body: `${text}${this.#run()}\n` });
  }

  #run(): string {
    const { runUrl } = this.#input;
    return runUrl ? ` ([run](${runUrl}))` : "";
  }

  #send<T = unknown>(method: string, path: string, body: object): Promise<T> {
    return call<T>(this.#access, { method, path, body, permission: PERMISSION });
  }
}

const MARK = "<!-- tailfire-drift ";
const marker = (scope: string, stack: string): string => `${MARK}${scope}/${stack} -->\n`;

function stackOfBody(body: string, scope: string): string | undefined {
  const [, found, stack] = /^<!-- tailfire-drift ([^/\s]+)\/(\S+) -->\n/.exec(body) ?? [];
  return found === scope ? stack : undefined;
}

function hashesIn({ body }: Issue): Set<string> {
  const [, list = ""] = /<!-- findings ([0-9a-f ]*) -->/.exec(body ?? "") ?? [];
  return new Set(list.split(" ").filter(Boolean));
}

const hashOf = (id: string): string => createHash("sha256").update(id).digest("hex").slice(0, 8);
const isOpen = ({ state }: Issue): boolean => state === "open";
