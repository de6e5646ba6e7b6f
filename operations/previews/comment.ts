import { previewMarker } from "../github/comments.ts";
import { maskText } from "../github/mask-text.ts";
import { type CommentContent, clipped, code, destructiveSummary, firstOf, sectionsOf } from "./comment-content.ts";
import { renderWhole, shorten, size } from "./comment-section.ts";
import type { UpReport } from "./up.ts";

/** GitHub refuses a longer body (422). */
export const COMMENT_LIMIT = 65_536;

/** A comment, and what of it did not fit. */
export interface CommentText {
  /** Markdown, never longer than {@link COMMENT_LIMIT} bytes. */
  readonly body: string;
  /** All of it, where the body had to leave something out. */
  readonly whole: string | undefined;
}

/**
 * The comment as Markdown. Where it is too long, every section is shortened: what takes data away stands first, and a
 * failure keeps its last lines.
 * @param options.secrets values that must not appear, whatever text they came in with
 * @param options.rest where the whole can be read, for the line that says how much is left out
 */
export function commentText(
  content: CommentContent,
  { secrets = [], rest = "in the log" }: { readonly secrets?: readonly string[]; readonly rest?: string } = {},
): CommentText {
  const mask = (text: string) => maskText(text, secrets);
  const head = mask(
    [
      previewMarker,
      `### Preview of pull request ${content.number}: ${headline(content)}`,
      ...destructiveSummary(content.analysis?.migrations ?? []),
      "",
      ...facts(content),
    ].join("\n"),
  );
  const tail = mask(`\n${footer(content)}`);
  const sections = sectionsOf(content).map((section) => ({
    ...section,
    lines: mask(section.lines.join("\n")).split("\n"),
  }));
  const whole = `${head}${sections.map(renderWhole).join("")}${tail}`;
  if (size(whole) <= COMMENT_LIMIT) return { body: whole, whole: undefined };
  const room = COMMENT_LIMIT - size(head) - size(tail);
  return { body: `${head}${shorten(sections, { room, rest })}${tail}`, whole };
}

function headline({ failure, undescribed, removed, planOnly, up }: CommentContent): string {
  if (failure || (planOnly && undescribed)) return "failed";
  if (removed) return "removed";
  if (planOnly) return "plan only";
  return up?.result.changed === false ? "up to date" : "ready";
}

function facts({ up, removed, because, failure, planOnly }: CommentContent): string[] {
  if (removed && failure) return ["Not all that belonged to it could be removed."];
  if (removed && because) return [`Everything that belonged to it is gone: ${because}. The next push makes it again.`];
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
  const notes = up.replaced ? ["", `Made again, because ${clipped(up.replaced)}; its data started over.`] : [];
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`), ...notes];
}

function catalogText({ stamp, added, copied }: UpReport): string {
  if (stamp.catalog === "foreign") return "read from Production, through foreign tables";
  const why =
    added.onCatalog.length === 0
      ? ""
      : `: ${firstOf(added.onCatalog.map(code), ", ")} touches the catalog, and Production does not have that shape yet`;
  if (stamp.catalog === "local") return `tables of its own, with sample rows${why}`;
  const differs = copied?.notes.length ? `. Not copied as it is: ${firstOf(copied.notes.map(code), "; ")}` : "";
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

function footer({ commit, runUrl }: CommentContent): string {
  const parts = [commit ? `Commit ${commit.slice(0, 12)}` : undefined, runUrl ? `[log](${runUrl})` : undefined];
  return `<sub>${parts.filter((part) => part !== undefined).join(" · ") || "npm run pr"}</sub>\n`;
}
