import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Cloud } from "../../engine/guard.ts";
import { nearest } from "../../names/nearest.ts";

/** Letters that may differ from a name for it to be what was meant. */
const FARTHEST = 2;

/** The command line is not one the command understands. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Options of a command, as `parseArgs` of Node takes them. */
export type Options = NonNullable<ParseArgsConfig["options"]>;

/** The values of options, by name. */
export type Values<Spec extends Options> = ReturnType<
  typeof parseArgs<{ options: Spec; allowPositionals: true }>
>["values"];

/** The words of a command that are no options. */
export interface Words {
  /** Each verb with the names of the words after it; without verbs, `least` and `most` count the words. */
  readonly verbs?: Readonly<Record<string, readonly string[]>>;
  /** Default 0. */
  readonly least?: number;
  /** Default 0. */
  readonly most?: number;
  /** What is said where words are missing. */
  readonly missing?: string;
  /** What is said where there are too many; these follow it. */
  readonly tooMany?: string;
}

/** True for `-h` or `--help` anywhere, before a `--`. */
export function isHelpAsked(argv: readonly string[]): boolean {
  return has(argv, "--help") || has(argv, "-h");
}

/** Whether an argument is there, before a `--`. */
export function has(argv: readonly string[], argument: string): boolean {
  const end = argv.indexOf("--");
  return (end === -1 ? argv : argv.slice(0, end)).includes(argument);
}

/** Reads a command line. @throws UsageError naming what is wrong with it, and what was probably meant */
export function readCommandLine<Spec extends Options>(
  argv: readonly string[],
  { options, words = {} }: { readonly options: Spec; readonly words?: Words | undefined },
): { readonly values: Values<Spec>; readonly words: readonly string[] } {
  const { values, positionals } = parse(argv, options);
  if (words.verbs) requireVerb(positionals, words.verbs);
  else requireCount(positionals, words);
  return { values: values as Values<Spec>, words: positionals };
}

function parse(argv: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options });
  } catch (error) {
    if (!(error instanceof TypeError) || !("code" in error)) throw error;
    // Node adds how to pass such a word all the same, which is not what is meant here.
    const said = error.message.split(". To specify")[0] ?? error.message;
    const [, dashes = "", name = ""] = /^Unknown option '(--?)([^']+)'/.exec(said) ?? [];
    throw new UsageError(`${said}${suggestion(name, Object.keys(options), dashes)}`);
  }
}

function requireVerb([verb, ...rest]: readonly string[], verbs: NonNullable<Words["verbs"]>): void {
  const names = Object.keys(verbs);
  if (verb === undefined) throw new UsageError(`What is it to do? One of: ${names.join(", ")}`);
  const takes = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!takes)
    throw new UsageError(`There is no "${verb}"${suggestion(verb, names)}. It takes one of: ${names.join(", ")}`);
  if (takes.length === rest.length) return;
  const wanted = takes.length === 0 ? "no further words" : takes.join(" ");
  throw new UsageError(`${verb} takes ${wanted}${rest.length === 0 ? "" : `, not "${rest.join(" ")}"`}`);
}

function requireCount(words: readonly string[], { least = 0, most = 0, missing, tooMany }: Words): void {
  if (words.length < least) throw new UsageError(missing ?? "A word is missing");
  if (words.length <= most) return;
  throw new UsageError(`${tooMany ?? "Too many words"}; not understood: ${words.slice(most).join(" ")}`);
}

function suggestion(word: string, known: readonly string[], dashes = ""): string {
  const meant = word === "" ? undefined : nearest(word, known, FARTHEST);
  return meant === undefined ? "" : `: did you mean ${dashes}${meant}?`;
}

/** The option `--cloud`. @throws UsageError */
export function cloudFrom(text: string): Cloud {
  if (text === "local" || text === "hosted") return text;
  throw new UsageError(`--cloud is local or hosted, not "${text}"`);
}

/** A whole number given to an option, from `least` (default 0) on. @throws UsageError */
export function wholeNumber(option: string, text: string, least = 0): number {
  const found = Number(text);
  if (text.trim() !== "" && Number.isInteger(found) && found >= least) return found;
  throw new UsageError(`--${option} takes a whole number from ${least} on, not "${text}"`);
}
