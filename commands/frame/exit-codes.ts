import type { Level } from "../../operations/doctor/finding.ts";

/** How a command ends, by name; the numbers mean the same in every command. docs/reference/commands.md has the same table. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  busy: 4,
  notRunning: 5,
  notAsDeclared: 7,
  warnings: 8,
  interrupted: 130,
} as const;

/** The name of a way to end. */
export type Ending = keyof typeof exitCodes;

/** What each says, as the documentation has it. */
export const exitMeanings: Readonly<Record<Ending, string>> = {
  done: "done",
  failed: "failed; what was done stays, and running it again continues",
  usage: "the command line is wrong; nothing was done",
  refused: "refused; nothing was changed",
  busy: "another process works on it",
  notRunning: "the local cloud is not running",
  notAsDeclared: "not as declared: drift, changes where none were expected, migrations that are pending",
  warnings: "warnings",
  interrupted: "interrupted",
};

/** How doctor ends, by the worst it found. */
export const levelEndings = {
  ok: "done",
  note: "done",
  warning: "warnings",
  error: "failed",
} as const satisfies Record<Level, Ending>;

/** The ways every command can end, in the words of its help. */
const ofEvery: Partial<Record<Ending, string>> = {
  done: "done",
  failed: "failed",
  usage: "wrong usage",
  interrupted: "interrupted",
};

/** A line of help: the codes of one command, in order. `exits` adds to what every command has, or words it differently. */
export function exitLine(exits: Partial<Record<Ending, string>> = {}): string {
  const words = { ...ofEvery, ...exits };
  const names = Object.keys(exitCodes) as Ending[];
  const codes = names.flatMap((name) => (words[name] === undefined ? [] : `${exitCodes[name]} ${words[name]}`));
  return `Exit codes: ${codes.join(", ")}.`;
}
