import type { Analysis, MigrationEffect } from "../review/analysis.ts";
import { byKind } from "../review/destructive.ts";
import type { LintFinding } from "../review/lint-finding.ts";
import type { Section } from "./comment-section.ts";
import type { UpReport } from "./up.ts";

/** Characters of one line: a longer one says less, and takes the room of the others. */
const LONGEST_LINE = 1000;
/** How many of a list a line names. */
const NAMED = 10;

/** What the comment tells. Whatever is absent is left out. */
export interface CommentContent {
  readonly number: number;
  readonly commit?: string | undefined;
  readonly up?: UpReport | undefined;
  readonly analysis?: Analysis | undefined;
  readonly lint?: readonly LintFinding[] | undefined;
  /** The failure, when there was one, in the words of the error. */
  readonly failure?: string | undefined;
  /** Why it is not known what its migrations do. The preview may be ready all the same. */
  readonly undescribed?: string | undefined;
  /** The preview was removed, because the pull request was closed or by hand. */
  readonly removed?: boolean | undefined;
  /** Why it was removed, where it was not the closing of the pull request. */
  readonly because?: string | undefined;
  /** Made without secrets, for a pull request from a fork. */
  readonly planOnly?: boolean | undefined;
  readonly runUrl?: string | undefined;
}

type Described = Pick<CommentContent, "failure" | "undescribed" | "analysis" | "lint">;

/** The sections of the comment, what matters most first. */
export function sectionsOf({ failure, undescribed, analysis, lint }: Described): Section[] {
  const sections: Section[] = [];
  if (failure) sections.push(block("What failed, and what to do", failure));
  if (undescribed) sections.push(block("What its migrations do could not be found out", undescribed));
  const effects = analysis?.migrations ?? [];
  if (effects.length > 0) {
    const ordered = destructiveFirst(effects);
    const lines = [...ordered.map(effectLine), ...ordered.flatMap(destructiveLines)];
    sections.push({ title: "Migrations of this pull request", lines });
  }
  if (lint) {
    const lines = lint.map(({ file, line, rule, message }) => `- \`${file}:${line}\` ${rule}: ${clipped(message)}`);
    sections.push({ title: "Lint", lines: lines.length > 0 ? lines : ["Nothing found."] });
  }
  if (analysis && analysis.difference.length > 0) {
    sections.push({ title: "Schema, compared with the base branch", lines: analysis.difference, code: "sql" });
  }
  return sections;
}

/** What takes data away, as one line with counts; no line where nothing does. */
export function destructiveSummary(effects: readonly MigrationEffect[]): string[] {
  const taking = effects.filter(({ destructive }) => destructive.length > 0);
  if (taking.length === 0) return [];
  const all = taking.flatMap(({ destructive }) => destructive);
  const tags = taking.map(({ tag }) => code(tag));
  return ["", `**Destructive**: ${counts(all)}, in ${firstOf(tags, ", ")}.`];
}

function block(title: string, text: string): Section {
  const lines = text.split("\n").map((line) => clipped(line, false));
  return { title, lines, code: "text", keepsEnd: true };
}

function destructiveFirst(effects: readonly MigrationEffect[]): MigrationEffect[] {
  const rank = ({ destructive }: MigrationEffect) => (destructive.length > 0 ? 0 : 1);
  return [...effects].sort((one, other) => rank(one) - rank(other));
}

function effectLine({ tag, locks, transaction, destructive }: MigrationEffect): string {
  const held = locks?.map(({ table, mode }) => `\`${table}\` ${mode}`);
  const takes = !transaction
    ? "outside transactions"
    : held === undefined
      ? "locks not measured"
      : firstOf(held, ", ") || "no lock on an existing table";
  return `- ${code(tag)}: ${takes}${destructive.length > 0 ? `; **destructive**: ${counts(destructive)}` : ""}`;
}

function destructiveLines({ tag, destructive }: MigrationEffect): string[] {
  if (destructive.length === 0) return [];
  return ["", `Destructive in ${code(tag)}:`, "", ...destructive.map((text) => `- ${code(text)}`)];
}

function counts(destructive: readonly string[]): string {
  return firstOf(
    [...byKind(destructive)].map(([kind, count]) => `${clipped(kind)} (${count})`),
    ", ",
  );
}

/** The first of a list, and how many more there are. */
export function firstOf(items: readonly string[], separator: string): string {
  const rest = items.length - NAMED;
  return [...items.slice(0, NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(separator);
}

/** A text on one line, not longer than {@link LONGEST_LINE}. */
export function clipped(text: string, joined = true): string {
  const line = joined ? text.replaceAll(/\s+/g, " ") : text;
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}...` : line;
}

/** A text as a code span. */
export const code = (text: string): string => `\`${clipped(text).replaceAll("`", "'")}\``;
