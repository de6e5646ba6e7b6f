import { acceptEntry } from "../accept.ts";
import type { Finding } from "../finding.ts";
import type { Report, StackResult } from "../result.ts";
import { cost, headline, minute, title, urgentFirst } from "./summary.ts";

/** GitHub refuses a longer body of an issue or comment (422). */
export const BODY_LIMIT = 65_536;

/** A whole run, as Markdown that GitHub shows, never longer than `limit` bytes. */
export function markdownReport(report: Report, limit: number = BODY_LIMIT): string {
  const head = [
    `### ${title(report)}`,
    "",
    "| stack | state | catalog | took |",
    "|---|---|---|---|",
    ...report.stacks.map((stack) => row(stack, report)),
  ];
  const blocks = report.stacks.flatMap((stack) => stackBlocks(stack, report));
  const tail = [
    "",
    ...acceptance(report),
    ...report.notes.map((note) => `- ${prose(note)}`),
    "",
    `<sub>${prose(cost(report))}</sub>`,
    "",
  ];
  return fitted({ head: head.join("\n"), blocks, tail: tail.join("\n"), limit });
}

/** One stack, as the body of its issue. `head` and `tail` are Markdown that is kept whatever has to be left out. */
export function markdownStack(
  stack: StackResult,
  about: { readonly report: Report; readonly head: string; readonly tail: string },
): string {
  const { report, head, tail } = about;
  return fitted({ head, blocks: stackBlocks(stack, report).slice(1), tail, limit: BODY_LIMIT });
}

/** How what was found is accepted, with the first of it as an example. */
function acceptance({ stacks, startedAt }: Report): string[] {
  const [stack] = stacks.filter(({ findings }) => findings.some(({ accepted }) => !accepted));
  const open = stack?.findings.find(({ accepted }) => !accepted);
  if (!stack || !open) return [];
  return ["", ...howToAccept(acceptEntry(open, stack.stack, new Date(startedAt))), ""];
}

/** What is to be done with an entry of the accept list. */
export function howToAccept(entry: string): string[] {
  const what = `What may stay goes into ${code("drift.accept.yaml")}, below ${code("accept:")}, for example:`;
  return [what, "", ...fenced(entry, "yaml")];
}

function fenced(text: string, language: string): string[] {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}${language}`, ...text.split("\n"), fence];
}

function row(stack: StackResult, report: Report): string {
  const source = stack.source ? `read from ${code(stack.source)}` : (stack.catalog ?? "unknown");
  return `| ${cell(code(stack.stack))} | ${headline(stack, report)} | ${cell(source)} | ${stack.seconds.toFixed(1)} s |`;
}

/** A part of a report in less and less detail; the last form is what is said of it when many are left out. */
type Block = readonly string[];

function stackBlocks(stack: StackResult, report: Report): Block[] {
  const said = [
    ...(stack.reason === undefined ? [] : [`- ${prose(stack.reason)}`]),
    ...stack.notes.map((note) => `- ${prose(note)}`),
    ...stack.layers.flatMap(({ layer, status, error }) =>
      status === "unreachable" ? [`- **${layer}** could not be read: ${code(error ?? "")}`] : [],
    ),
  ];
  if (said.length === 0 && stack.findings.length === 0) return [];
  const heading = `\n\n#### ${code(stack.stack)}: ${headline(stack, report)}\n`;
  const rest = said.length > 0 ? [[`\n${said.join("\n")}\n`]] : [];
  return [[heading], ...rest, ...urgentFirst(stack, report.failOn).map(findingBlock)];
}

function findingBlock(finding: Finding): Block {
  const { severity, layer, object, expected, found, since, accepted, repair, id } = finding;
  const named = id === `${layer}:${object}` ? code(id) : `${code(object)}, id ${code(id)}`;
  const first = `\n- **${severity}** ${named}${accepted ? `, accepted until ${accepted.expires}` : ""}`;
  const facts = [
    `  - expected ${code(expected)}, found ${code(found)}${since ? `, since ${minute(since)}` : ""}`,
    accepted ? `  - accepted: ${prose(accepted.reason)}` : `  - repair: ${prose(repair.advice)}`,
  ];
  const short = [first, ...facts].join("\n");
  if (accepted) return [short, first];
  const sql = repair.sql?.length
    ? details("SQL", repair.sql.map((one) => `${one};`.replace(/;;$/, ";")).join("\n"), "sql")
    : "";
  return [`${short}\n${sql}`, short, first];
}

function details(summary: string, text: string, language: string): string {
  const lines = [`<details><summary>${summary}</summary>`, "", ...fenced(text, language), "", "</details>", ""];
  return `${lines.map((line) => `    ${line}`.trimEnd()).join("\n")}\n`;
}

/** Takes away detail step by step, then whole parts from the end, until all of it is short enough. */
function fitted(parts: { head: string; blocks: readonly Block[]; tail: string; limit: number }): string {
  const { head, blocks, tail, limit } = parts;
  const most = Math.max(0, ...blocks.map(({ length }) => length));
  for (let level = 0; level < most; level++) {
    const body = blocks.map((block) => block[Math.min(level, block.length - 1)]).join("");
    const whole = `${head}${body}${tail}`.replaceAll(/\n{3,}/g, "\n\n");
    if (size(whole) <= limit) return whole;
  }
  const left = (count: number) => `\n\n${count} more lines are left out here: see the log of the run.\n`;
  const shortest = blocks.map((block) => block.at(-1) ?? "");
  const lines = [...head.split("\n").map((line, index) => (index === 0 ? line : `\n${line}`)), ...shortest];
  let room = limit - size(tail) - size(left(lines.length));
  const kept = lines.filter((line) => {
    room -= size(line);
    return room >= 0;
  });
  return `${kept.join("")}${left(lines.length - kept.length)}${tail}`;
}

/** A code span: nothing in it is a link, a mention, a reference or markup. */
export function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim() || " ";
  const fence = "`".repeat(longestRun(line) + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Text that is shown as it is: no markup, no mention of a person, no reference to an issue. */
export function prose(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_[\]~|]/g, "\\$&")
    .replaceAll("#", "&#35;")
    .replaceAll("@", "&#64;")
    .replaceAll("://", ":&#47;&#47;");
}

/** Inside a table a vertical bar ends a cell, even in a code span. */
function cell(markdown: string): string {
  return markdown.replaceAll("|", "\\|");
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

function size(text: string): number {
  return Buffer.byteLength(text);
}
