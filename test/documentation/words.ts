import { filesOf, textOf } from "../architecture/sources.ts";

/** Words a reader stumbles over, and what to say instead. Machines have no "nobody": name what is absent. */
const PLAINER: readonly (readonly [RegExp, string])[] = [
  [/\banew\b/i, "again"],
  [/\bwhoever\b/i, "name who or what it is"],
  [/\b(any|no)body\b/i, "no role, no session, no caller ..., or is not ..."],
  [/\bmend(s|ed|ing)?\b/i, "correct, repair, fix"],
  [/\bmeanwhile\b/i, "during it, since, at the same time"],
  [/\bputs? (\w+ )?right\b/i, "corrects, repairs"],
  [/\bbeside\b/i, "next to, besides"],
  [/\bbelongs? into\b/i, "belongs in"],
  [/\bwhich there is none of\b/i, "which does not exist"],
  [/\bis no (number|duration|URL)\b/i, "is not a ..."],
];

/** Files whose words are not ours to choose, or cannot change any more. */
const elsewhere = /^(migrations\/|facts\/|sdks\/.*node_modules|test\/documentation\/words|test\/fixtures\/)/;

/** Names and values that are such a word and mean something of their own. */
const names = /`nobody`|\["nobody"\]|Password: "nobody/;

/** Every place in comments, messages, docs and tests with such a word, as `file:line: word -> plainer`. */
export function plainerWords(files = filesOf("*.ts", "*.mjs", "*.sql", "*.md", "*.yml", "*.yaml")): string[] {
  return files
    .filter((file) => !elsewhere.test(file))
    .flatMap((file) =>
      textOf(file)
        .split("\n")
        .flatMap((line, index) => found(line).map((said) => `${file}:${index + 1}: ${said}`)),
    );
}

/** What one line says that has a plainer word. */
export function found(line: string): string[] {
  if (names.test(line)) return [];
  return PLAINER.flatMap(([word, plainer]) => {
    const said = word.exec(line)?.[0];
    return said === undefined ? [] : [`"${said}": say ${plainer}`];
  });
}
