import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Notes, splitStatements } from "../statements.ts";

// Each by what its own documentation says a file of it begins with; Flyway's are plain SQL under a name of its own.
const markers: [tool: string, marker: RegExp][] = [
  ["goose", /^--[ \t]*\+goose\b/i],
  ["sql-migrate", /^--[ \t]*\+migrate\b/i],
  ["dbmate", /^--[ \t]*migrate:(?:up|down)\b/],
  ["node-pg-migrate", /^--[\s-]*(?:up|down)\s+migration\b/i],
  ["tern", /^---- create above \/ drop below ----/],
  ["Liquibase", /^--[ \t]*liquibase formatted sql\b/i],
  ["micrate", /^--[ \t]*\+micrate\b/i],
  ["MyBatis or dbdeploy", /^--[ \t]*\/\/[ \t]*@undo\b/i],
  ["shmig", /^--[ \t]*=+[ \t]*(?:up|down)[ \t]*=+/i],
  ["Play", /^--[ \t-]*!(?:ups|downs)\b/i],
  ["rambler", /^--[ \t]*rambler (?:up|down)\b/i],
  ["Atlas", /^--[ \t]*atlas:\w/i],
  ["sqitch", /^-- (?:deploy|revert|verify) \S+:\S+ (?:to|from|on) \w+/i],
];
const flywayName = /^(?:[VUB]\d[\w.]*?|R)__/;
const pairName = /\.(?:up|down)$/;

/** The migration tool a comment is written for, where it is another one. */
export function toolOfComment(text: string): string | undefined {
  return markers.find(([, marker]) => marker.test(text))?.[0];
}

/** The migration tool whose rule a file's name follows, where it is another one. */
export function toolOfName(name: string): string | undefined {
  if (flywayName.test(name)) return "Flyway";
  if (/\.rollback(?:\.sql)?$/.test(name)) return "yoyo";
  return pairName.test(name.replace(/\.sql$/, "")) ? "golang-migrate" : undefined;
}

/** Why a file of another tool is not run. Its way back would run as well, or only its first part be meant. */
export function foreignFile(tool: string): string {
  const part = tool === "Flyway" ? "its SQL" : "the SQL of its way up";
  return `this is a ${tool} file, which means something else there. Put ${part} into a file made by "npm run db:generate -- --custom"`;
}

/** The other tool that the files of a folder belong to, by names and first comments; undefined where none shows. */
export function toolOfFolder(folder: string): string | undefined {
  const names = listed(folder);
  if (names.includes("sqitch.plan")) return "sqitch";
  const files = names.filter((name) => name.endsWith(".sql"));
  const byName = files.map(toolOfName).find((tool) => tool !== undefined);
  return byName ?? files.map((name) => toolOfText(readFileSync(join(folder, name), "utf8"))).find((tool) => tool);
}

function toolOfText(sql: string): string | undefined {
  const notes: Notes = { comments: [], unclosed: [] };
  splitStatements(sql, notes);
  return notes.comments.map(({ text }) => toolOfComment(text)).find((tool) => tool !== undefined);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
