import { previewMarker } from "../github/comments.ts";
import { maskText } from "../github/mask-text.ts";
import type { Analysis } from "../review/analysis.ts";
import type { LintFinding } from "../review/lint-finding.ts";
import type { UpReport } from "./up.ts";

/** GitHub refuses a longer body (422). */
export const COMMENT_LIMIT = 65_536;

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
  /** Made without secrets, for a pull request from a fork. */
  readonly planOnly?: boolean | undefined;
  readonly runUrl?: string | undefined;
}

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
  /** Language of a fenced block. */
  readonly code?: string;
}

/**
 * The comment as Markdown, never longer than {@link COMMENT_LIMIT} bytes: sections are shortened from the last on.
 * @param secrets values that must not appear, whatever text they came in with
 */
export function commentBody(content: CommentContent, secrets: readonly string[] = []): string {
  const head = [
    previewMarker,
    `### Preview of pull request ${content.number}: ${headline(content)}`,
    "",
    ...facts(content),
  ];
  const tail = ["", footer(content)].join("\n");
  const sections = sectionsOf(content);
  let body = `${head.join("\n")}${sections.map(renderWhole).join("")}${tail}`;
  if (size(body) > COMMENT_LIMIT) {
    const room = COMMENT_LIMIT - size(head.join("\n")) - size(tail);
    body = `${head.join("\n")}${shorten(sections, room)}${tail}`;
  }
  return maskText(body, secrets);
}

function headline({ failure, undescribed, removed, planOnly, up }: CommentContent): string {
  if (failure || (planOnly && undescribed)) return "failed";
  if (removed) return "removed";
  if (planOnly) return "plan only";
  return up?.result.changed === false ? "up to date" : "ready";
}

function facts({ up, removed, failure, planOnly }: CommentContent): string[] {
  if (removed && failure) return ["Not all that belonged to it could be removed."];
  if (removed) return ["Everything that belonged to it is gone. Reopening the pull request makes it again."];
  if (planOnly) {
    return [
      "This pull request comes from a fork: its code gets no secrets, so nothing was created. Below is what its migrations do to an empty database.",
    ];
  }
  if (!up) return [];
  const { stamp, ref, apiUrl, database } = up;
  const rows = [
    [
      "Where",
      stamp.isolation === "database"
        ? `database \`${database}\` in project \`${ref}\``
        : `${stamp.isolation} \`${ref}\``,
    ],
    ...(apiUrl ? [["API", apiUrl]] : []),
    ["Catalog", catalogText(up)],
    ["Migrations", `${up.migrationsApplied} applied, ${up.added.migrations.length} of them from this pull request`],
    ["Lives until", `${stamp.expiresAt.slice(0, 16).replace("T", " ")} UTC`],
    ["Cost", costText(stamp.isolation)],
    ["Took", `${up.seconds.toFixed(0)} s`],
  ];
  const notes = up.replaced ? ["", `Made again, because ${up.replaced}; its data started over.`] : [];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`), ...notes];
}

function catalogText({ stamp, added, copied }: UpReport): string {
  if (stamp.catalog === "foreign") return "read from Production, through foreign tables";
  const why =
    added.onCatalog.length === 0
      ? ""
      : `: ${added.onCatalog.map((tag) => `\`${tag}\``).join(", ")} touches the catalog, and Production does not have that shape yet`;
  if (stamp.catalog === "local") return `tables of its own, with sample rows${why}`;
  const differs = copied?.notes.length ? `. Not copied as it is: ${copied.notes.map(code).join("; ")}` : "";
  return `\`snapshot\`, a copy of Production's rows of ${copied?.takenAt.slice(0, 16).replace("T", " ")} UTC${why}${differs}`;
}

function costText(isolation: UpReport["stamp"]["isolation"]): string {
  return {
    database:
      "none of its own: a database inside the shared preview project. SQL only: no Auth, Data API, Storage or token hook",
    branch: "a branch of the shared preview project, billed by its compute size while it runs; it pauses when idle",
    project: "a Supabase project of its own, billed by its compute size for as long as it lives",
  }[isolation];
}

function sectionsOf({ failure, undescribed, analysis, lint }: CommentContent): Section[] {
  const sections: Section[] = [];
  if (failure) sections.push({ title: "What failed, and what to do", lines: failure.split("\n"), code: "text" });
  if (undescribed)
    sections.push({
      title: "What its migrations do could not be found out",
      lines: undescribed.split("\n"),
      code: "text",
    });
  const effects = analysis?.migrations ?? [];
  if (effects.length > 0) {
    const lines = effects.map(({ tag, locks, transaction, destructive }) => {
      const held = locks?.map(({ table, mode }) => `\`${table}\` ${mode}`).join(", ");
      const takes = !transaction
        ? "outside transactions"
        : locks === undefined
          ? "locks not measured"
          : held || "no lock on an existing table";
      return `- \`${tag}\`: ${takes}${destructive.length > 0 ? `; **destructive**: ${destructive.map(code).join("; ")}` : ""}`;
    });
    sections.push({ title: "Migrations of this pull request", lines });
  }
  if (lint) {
    const lines = lint.map(({ file, line, rule, message }) => `- \`${file}:${line}\` ${rule}: ${oneLine(message)}`);
    sections.push({ title: "Lint", lines: lines.length > 0 ? lines : ["Nothing found."] });
  }
  if (analysis && analysis.difference.length > 0) {
    sections.push({ title: "Schema, compared with the base branch", lines: analysis.difference, code: "sql" });
  }
  return sections;
}

function footer({ commit, runUrl }: CommentContent): string {
  const parts = [commit ? `Commit ${commit.slice(0, 12)}` : undefined, runUrl ? `[log](${runUrl})` : undefined];
  return `<sub>${parts.filter((part) => part !== undefined).join(" · ") || "npm run pr"}</sub>\n`;
}

function renderWhole(section: Section): string {
  return render(section, section.lines, 0);
}

function render({ title, code: language }: Section, lines: readonly string[], left: number): string {
  const rest = left > 0 ? [`... ${left} more lines: see the log`] : [];
  const body = language
    ? [`\`\`\`\`${language}`, ...lines.map((line) => line.replaceAll("````", "'```")), ...rest, "````"]
    : [...lines, ...rest];
  return `\n\n#### ${title}\n\n${body.join("\n")}`;
}

/** Gives every section what is left of the room, in order, cutting whole lines. */
function shorten(sections: readonly Section[], room: number): string {
  let text = "";
  for (const [index, section] of sections.entries()) {
    const share = Math.floor((room - size(text)) / (sections.length - index));
    let kept = section.lines.length;
    while (kept > 0 && size(render(section, section.lines.slice(0, kept), section.lines.length - kept)) > share) {
      kept = Math.floor(kept * 0.9);
    }
    text += render(section, section.lines.slice(0, kept), section.lines.length - kept);
  }
  return text;
}

const size = (text: string): number => Buffer.byteLength(text);
const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");
const code = (text: string): string => `\`${oneLine(text).replaceAll("`", "'")}\``;
