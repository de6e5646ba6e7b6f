import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/run.ts";

/** An entry of a list of differences. */
interface Entry {
  /** Whether a stack can work here and fail there for it. */
  readonly hides: boolean;
  /** Test or page that covers it, where it hides. */
  readonly covered?: string;
}

interface Structure extends Entry {
  readonly path: string;
  readonly here: string;
  readonly reason: string;
}

interface Statement extends Entry {
  readonly statement: string;
  readonly there: string;
  readonly here: string;
  readonly reason: string;
}

interface Behaviour extends Entry {
  readonly here: string;
  readonly hosted: string;
  readonly so: string;
}

const read = <T>(name: string): readonly T[] =>
  JSON.parse(readFileSync(join(import.meta.dirname, `${name}.differences.json`), "utf8"));

const behaviours = read<Behaviour>("behaviour");
const structures = read<Structure>("structure");
const statements = read<Statement>("rules");

/** Entries that hide a fault and name nothing that covers it, or something that is not there. */
export function uncovered(): string[] {
  return [...behaviours, ...structures, ...statements]
    .filter(({ hides, covered }) => hides && !(covered && existsSync(join(root, covered))))
    .map((entry) => ("path" in entry ? entry.path : "statement" in entry ? entry.statement : entry.here));
}

/** The page of differences, made of the three lists, worst first. */
export function page(): string {
  return `# How the local cloud differs from hosted Supabase

Made from the lists in test/platform/ by \`npx vitest run test/platform/structure.test.ts -u\`, and held to them by that test.
A fresh project is compared with \`facts/platform-facts.json\` section by section, and its ${statements.length + SAME_STATEMENTS} statements are run;
what is on no list fails. Worst first: what can make a stack work here and fail there comes at the top.

## Can hide a failure

${table(
  ["Here", "Hosted", "So", "Covered by"],
  behavioursOf(true, ({ here, hosted, so, covered }) => [here, hosted, so, link(covered)]),
)}

### In the structure of a fresh project

${structureTable(true)}

### Statements of \`postgres\`

${statementTable(true)}

## Fails too early, or is rarely felt

${table(
  ["Here", "Hosted"],
  behavioursOf(false, ({ here, hosted }) => [here, hosted]),
)}

### In the structure of a fresh project

${structureTable(false)}

### Statements of \`postgres\`

${statementTable(false)}
`;
}

const FACTS: { rules: { list: readonly unknown[] } } = JSON.parse(
  readFileSync(join(root, "facts/platform-facts.json"), "utf8"),
);
const SAME_STATEMENTS = FACTS.rules.list.length - statements.length;

function behavioursOf(hides: boolean, row: (entry: Behaviour) => string[]): string[][] {
  return behaviours.filter((entry) => entry.hides === hides).map(row);
}

/** One row for each reason: it holds for many objects. */
function structureTable(hides: boolean): string {
  const entries = structures.filter((entry) => entry.hides === hides);
  const reasons = [...new Set(entries.map(({ reason }) => reason))];
  const rows = reasons.map((reason) => {
    const same = entries.filter((entry) => entry.reason === reason);
    return [same.map(({ path }) => code(path)).join("<br>"), reason, ...(hides ? [link(same[0]?.covered)] : [])];
  });
  return table(["What", "Why", ...(hides ? ["Covered by"] : [])], rows);
}

function statementTable(hides: boolean): string {
  const rows = statements
    .filter((entry) => entry.hides === hides)
    .map(({ statement, there, here, reason, covered }) => [
      code(statement.slice(0, 110)),
      there,
      here,
      reason,
      ...(hides ? [link(covered)] : []),
    ]);
  return table(["Statement", "There", "Here", "Why", ...(hides ? ["Covered by"] : [])], rows);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n").replaceAll("|  |", "| |");
}

const code = (text: string) => `\`${text}\``;

/** The page lies in docs/reference/. */
const link = (place: string | undefined) =>
  place?.startsWith("docs/") ? `[${place}](${place.replace("docs/", "../")})` : code(place ?? "");
