import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { filesOf } from "../architecture/sources.ts";
import { callCommand } from "../support/command.ts";
import { root } from "../support/run.ts";

const pages = filesOf("*.md");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const scripts: Record<string, string> = JSON.parse(read("package.json")).scripts;

test("every link of the documentation leads somewhere", () => {
  expect(pages.length).toBeGreaterThan(8);
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = ""]) => target)
      .filter((target) => !existsSync(join(root, dirname(page), target)))
      .map((target) => `${page} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

test("every npm command the documentation shows exists", () => {
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map(([, name = ""]) => ({ page, name })),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter(({ name }) => !(name in scripts)).map(({ page, name }) => `${page}: npm run ${name}`)).toEqual(
    [],
  );
});

test("every command has its line in docs/reference/commands.md", () => {
  const page = read("docs/reference/commands.md");
  const shown = (name: string) => (["start", "test"].includes(name) ? `npm ${name}` : `npm run ${name}`);
  const missing = Object.keys(scripts).filter((name) => name !== "prepare" && !page.includes(`\`${shown(name)}`));
  expect(missing).toEqual([]);
});

test("every page of docs/ is reached by links from docs/README.md", () => {
  const reached = new Set<string>();
  const waiting = ["docs/README.md"];
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (reached.has(page)) continue;
    reached.add(page);
    for (const [, target = ""] of read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const linked = join(dirname(page), target);
      if (pages.includes(linked)) waiting.push(linked);
    }
  }
  expect(pages.filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});

const optionsIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option)),
];

/** Options by command, as pages show them: `npm run NAME -- ... --option`, and the options of a line in docs/reference/commands.md. */
function shownOptions(): Map<string, Set<string>> {
  const shown = new Map<string, Set<string>>();
  const note = (name: string, text: string): void => {
    shown.set(name, new Set([...(shown.get(name) ?? []), ...optionsIn(text)]));
  };
  for (const text of pages.map(read)) {
    for (const [, name = "", rest = ""] of text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*) -- ([^`#\n]*)/g))
      note(name, rest);
  }
  for (const [, name = "", rest = ""] of read("docs/reference/commands.md").matchAll(
    /^\| `npm run ([\w:-]+)[^`]*` \|.*\| (.*) \|$/gm,
  ))
    note(name, rest);
  return shown;
}

const helps = new Map<string, Promise<string>>();
function helpOf(name: string): Promise<string> {
  const [, task = ""] = / --run (\S+)/.exec(scripts[name] ?? "") ?? [];
  const help = helps.get(name) ?? callCommand(task, ["--help"]).then(({ stdout }) => stdout);
  helps.set(name, help);
  return help;
}

test("every option the documentation shows is in the help of its command", { timeout: 60_000 }, async () => {
  const shown = [...shownOptions()].filter(([name, options]) => name in scripts && options.size > 0);
  expect(shown.length).toBeGreaterThan(12);
  const unknown: string[] = [];
  for (const [name, options] of shown) {
    const help = await helpOf(name);
    unknown.push(
      ...[...options].filter((option) => !help.includes(option)).map((option) => `npm run ${name}: ${option}`),
    );
  }
  expect(unknown).toEqual([]);
});

test("every option of a command is on the page of commands", { timeout: 60_000 }, async () => {
  const lines = read("docs/reference/commands.md").split("\n");
  // What is said outside the tables is said of many commands.
  const common = lines.filter((line) => !line.startsWith("|")).join("\n");
  const missing: string[] = [];
  for (const [name, line] of Object.entries(scripts)) {
    if (!/ --run (?!test)/.test(line)) continue;
    const row = lines.find((text) => new RegExp(`^\\| \`npm (run )?${name}[ \`]`).test(text)) ?? "";
    const said = optionsIn(`${row}\n${common}`);
    const left = optionsIn(await helpOf(name)).filter((option) => !said.includes(option));
    missing.push(...left.map((option) => `npm run ${name}: ${option}`));
  }
  expect(missing).toEqual([]);
});
