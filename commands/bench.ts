import { UsageError, type Values, wholeNumber } from "./frame/arguments.ts";
import { runCommand } from "./frame/command.ts";

const options = {
  rounds: { type: "string" },
  projects: { type: "string" },
  rows: { type: "string" },
  agencies: { type: "string" },
  tables: { type: "string" },
  count: { type: "string" },
  "up-to": { type: "string" },
  "delay-up-to": { type: "string" },
  only: { type: "string" },
  quick: { type: "boolean", default: false },
  prepared: { type: "boolean", default: false },
  request: { type: "boolean", default: false },
  plans: { type: "boolean", default: false },
  option: { type: "string", multiple: true },
  json: { type: "boolean", default: false },
} as const;

type Option = keyof typeof options;
type Given = Values<typeof options>;

/** What a bench takes besides --json, with the defaults that its help shows, and how it is run. */
interface Bench {
  readonly takes: Partial<Record<Option, string>>;
  /** Checks what is not a number, and then loads the bench: wrong usage answers at once. */
  run(values: Given, numbers: Record<Option, number>): Promise<void>;
}

const benches: Readonly<Record<string, Bench>> = {
  up: {
    takes: { rounds: "7" },
    run: async ({ json }, { rounds }) => (await import("../bench/up.ts")).benchUp({ json, rounds }),
  },
  local: {
    takes: { rounds: "5", projects: "30" },
    run: async ({ json }, { rounds, projects }) =>
      (await import("../bench/local.ts")).benchLocal({ json, rounds, atOnce: projects }),
  },
  migrate: {
    takes: { quick: "", only: "libraries|commands|large", "up-to": "500", "delay-up-to": "500", rounds: "N" },
    run: async ({ json, quick, ...values }, { "up-to": upTo, "delay-up-to": delayUpTo, ...numbers }) => {
      const only = part(values.only);
      const rounds = values.rounds === undefined ? undefined : numbers.rounds;
      await (await import("../bench/migrate.ts")).benchMigrate({ json, quick, only, upTo, delayUpTo, rounds });
    },
  },
  catalog: {
    takes: { rows: "1000000", rounds: "15", prepared: "", request: "", plans: "", option: "NAME=VALUE" },
    run: async ({ json, prepared, request, plans, option = [] }, { rows, rounds }) => {
      const options = Object.fromEntries(option.map(pair));
      const manner = { prepare: prepared, request };
      await (await import("../bench/catalog.ts")).benchCatalog({ json, plans, manner, options, rows, rounds });
    },
  },
  snapshot: {
    takes: { rows: "200000" },
    run: async ({ json }, { rows }) => (await import("../bench/snapshot.ts")).benchSnapshot({ json, sailings: rows }),
  },
  rls: {
    takes: { rows: "1000000", agencies: "100", rounds: "200" },
    run: async ({ json }, { rows, agencies, rounds }) =>
      (await import("../bench/rls.ts")).benchRls({ json, rows, agencies, rounds }),
  },
  drift: {
    takes: { rounds: "5", tables: "2000" },
    run: async ({ json }, { rounds, tables }) =>
      (await import("../bench/drift.ts")).benchDrift({ json, rounds, tables }),
  },
  pr: {
    takes: { count: "50", rounds: "5" },
    run: async ({ json }, { count, rounds }) => (await import("../bench/pr.ts")).benchPr({ json, count, rounds }),
  },
};

void runCommand(
  {
    name: "bench",
    usage: `Measures something next to its floor and what a user would use instead, in one run, and prints tables or, with --json,
one document.

Usage: npm run bench -- NAME [options]

${Object.entries(benches)
  .map(([name, { takes }]) => `  ${name.padEnd(9)} ${Object.entries(takes).map(shown).join(" ")}`)
  .join("\n")}

--up-to and --delay-up-to: the largest set of migrations, over all and with 20 ms of delay. --option fetch_size=100 replaces
our own value of an option of the foreign server, and may be repeated; --request asks as the application does, in a
transaction with claims.

  --json                  one JSON document on stdout`,
    options,
    words: { verbs: Object.fromEntries(Object.keys(benches).map((name) => [name, []])) },
  },
  async ({ values, words: [name = ""] }) => {
    const bench = benches[name];
    if (!bench) throw new UsageError(`There is no "${name}"`);
    const { takes, run } = bench;
    const strange = (Object.keys(options) as Option[]).filter(
      (option) => values[option] !== undefined && values[option] !== false && option !== "json" && !(option in takes),
    );
    if (strange.length > 0)
      throw new UsageError(
        `bench ${name} takes ${Object.entries(takes).map(shown).join(" ")}, not --${strange.join(" --")}`,
      );
    await run(values, numbersOf(values, takes));
    return "done";
  },
);

/** The numbers that were given, else their defaults; 0 for what a bench does not take. @throws UsageError */
function numbersOf(values: Given, takes: Bench["takes"]): Record<Option, number> {
  const numbers = (Object.keys(options) as Option[]).map((option) => {
    const usual = /^\d+$/.test(takes[option] ?? "") ? takes[option] : undefined;
    const text = isNumber(option) ? (values[option] ?? usual) : undefined;
    return [option, text === undefined ? 0 : wholeNumber(option, String(text))] as const;
  });
  return Object.fromEntries(numbers) as Record<Option, number>;
}

function isNumber(option: Option): boolean {
  return options[option].type === "string" && option !== "only" && option !== "option";
}

function shown([option, usual]: readonly [string, string | undefined]): string {
  return usual ? `[--${option} ${usual}]` : `[--${option}]`;
}

function part(only: string | undefined): "libraries" | "commands" | "large" | undefined {
  if (only === undefined || only === "libraries" || only === "commands" || only === "large") return only;
  throw new UsageError(`--only is libraries, commands or large, not "${only}"`);
}

function pair(text: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new UsageError(`--option takes NAME=VALUE, not "${text}"`);
}
