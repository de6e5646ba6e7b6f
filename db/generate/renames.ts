type Named = Readonly<Record<string, unknown>>;

/** The parts of one of drizzle-kit's snapshots in which things have names. */
export interface Snapshot {
  readonly tables?: Readonly<Record<string, { readonly columns?: Named; readonly policies?: Named }>>;
  readonly [kind: string]: unknown;
}

/** What a person says about new names: `rename` holds `old:new`, `added` names of what is no old thing. */
export interface Given {
  readonly rename?: readonly string[] | undefined;
  readonly added?: readonly string[] | undefined;
}

/** Given, and nothing of the kind is gone or new. `known` are the names it may have meant. */
export interface WrongName {
  readonly given: string;
  readonly part: string;
  readonly known: readonly string[];
}

/** What drizzle-kit asks, and what is known of the answers. */
export interface Answers {
  /** By drizzle-kit's own words for what is new: the old name, or undefined where it is new. */
  readonly answers: Readonly<Record<string, string | undefined>>;
  /** What nothing given answers, one line each with the options that would. */
  readonly open: readonly string[];
  readonly wrong: readonly WrongName[];
  /** Given names that fit more than one thing or contradict each other, one line each. */
  readonly ambiguous: readonly string[];
}

/** Things of one kind that are gone and new, by full names: `from` gives the name drizzle-kit shows, `ask` its question. */
interface Question {
  readonly kind: string;
  readonly gone: readonly string[];
  readonly added: readonly string[];
  readonly shown: (name: string) => string;
  readonly ask: (name: string) => string;
}

type Renamed = Map<string, string>;

/**
 * Answers what drizzle-kit would ask: where things of one kind are gone and others are new, a new one may be an old one with
 * another name. Schemas first, then what is in them, then columns and policies of tables, as a rename decides what is
 * compared next. A name may leave out what comes before its last dots.
 */
export function answerRenames(previous: Snapshot, current: Snapshot, given: Given = {}): Answers {
  const state = new Answering(given);
  const schemas = state.take([whole("schema", keys(previous.schemas), keys(current.schemas))]);
  if (state.open.length === 0) {
    const moved = (name: string): string => inRenamed(name, schemas);
    const tables = state.take(
      (["enum", "sequence", "role", "policy", "table", "view"] as const).map((kind) =>
        whole(kind, keys(previous[plural[kind]]).map(moved), keys(current[plural[kind]])),
      ),
    );
    if (state.open.length === 0) {
      const before = new Map(
        Object.entries(previous.tables ?? {}).map(([name, table]) => [tables.get(moved(name)) ?? moved(name), table]),
      );
      state.take(
        Object.entries(current.tables ?? {}).flatMap(([name, now]) => {
          const was = before.get(name);
          return was
            ? [within("column", name, was.columns, now.columns), within("policy", name, was.policies, now.policies)]
            : [];
        }),
      );
    }
  }
  return state.result();
}

const plural = {
  enum: "enums",
  sequence: "sequences",
  role: "roles",
  policy: "policies",
  table: "tables",
  view: "views",
} as const;

class Answering {
  readonly open: string[] = [];
  readonly #given: Given;
  readonly #answers: Record<string, string | undefined> = {};
  readonly #fits = new Map<string, string[]>();
  readonly #names: string[] = [];
  readonly #clashes: string[] = [];

  constructor(given: Given) {
    this.#given = given;
  }

  /** Answers these questions; returns what is renamed, old to new. */
  take(all: readonly Question[]): Renamed {
    const renamed: Renamed = new Map();
    for (const question of all.filter(({ gone, added }) => gone.length > 0 && added.length > 0)) {
      this.#names.push(...question.gone, ...question.added);
      const isNew = new Set<string>();
      for (const name of question.added)
        if (this.#fit(this.#given.added, (text) => fits(name, text), name)) isNew.add(name);
      const pairs = question.gone.flatMap((from) => question.added.map((to) => ({ from, to })));
      for (const { from, to } of pairs) {
        if (!this.#fit(this.#given.rename, (text) => fitsPair(from, to, text), `${from} to ${to}`)) continue;
        if (renamed.has(from) || isNew.has(to))
          this.#clashes.push(`${from}:${to} contradicts another answer that is given`);
        renamed.set(from, to);
        isNew.add(to);
        this.#answers[question.ask(to)] = question.shown(from);
      }
      const gone = question.gone.filter((name) => !renamed.has(name));
      const left = question.added.filter((name) => !isNew.has(name));
      if (gone.length > 0 && left.length > 0) this.open.push(lineOf(question.kind, gone, left));
    }
    return renamed;
  }

  #fit(given: readonly string[] | undefined, matches: (text: string) => boolean, what: string): boolean {
    const found = (given ?? []).filter(matches);
    for (const text of found) this.#fits.set(text, [...(this.#fits.get(text) ?? []), what]);
    return found.length > 0;
  }

  result(): Answers {
    const all = [...(this.#given.rename ?? []), ...(this.#given.added ?? [])];
    const wrong = all.flatMap((given) => (this.#fits.has(given) ? [] : this.#wrongParts(given)));
    const ambiguous = [...this.#fits].flatMap(([given, what]) =>
      what.length > 1 ? [`${given} fits ${what.join(" and ")}: give more of the name`] : [],
    );
    return { answers: this.#answers, open: this.open, wrong, ambiguous: [...ambiguous, ...this.#clashes] };
  }

  #wrongParts(given: string): WrongName[] {
    const known = [...new Set(this.#names.flatMap((name) => [name, lastOf(name)]))];
    const unknown = given.split(":").filter((part) => !this.#names.some((name) => fits(name, part)));
    return (unknown.length > 0 ? unknown : [given]).map((part) => ({ given, part, known }));
  }
}

function whole(kind: string, before: readonly string[], now: readonly string[]): Question {
  // drizzle-kit leaves out the schema public.
  const shown = (name: string): string => name.replace(/^public\./, "");
  return { kind, ...difference(before, now), shown, ask: (name) => `${shown(name)} ${kind}` };
}

function within(kind: string, table: string, before: Named = {}, now: Named = {}): Question {
  const full = (names: Named): string[] => Object.keys(names).map((name) => `${table}.${name}`);
  // It asks about policies of a table as if they were columns.
  const ask = (name: string): string => `${lastOf(name)} column in ${lastOf(table)} table`;
  return { kind, ...difference(full(before), full(now)), shown: lastOf, ask };
}

function difference(before: readonly string[], now: readonly string[]): Pick<Question, "gone" | "added"> {
  return {
    gone: before.filter((name) => !now.includes(name)),
    added: now.filter((name) => !before.includes(name)),
  };
}

function lineOf(kind: string, gone: readonly string[], added: readonly string[]): string {
  const [from = "", to = ""] = [gone[0], added[0]];
  return (
    `${kind}: ${gone.join(", ")} gone, ${added.join(", ")} new: ` +
    `--rename ${from}:${to} where it was renamed, --added ${to} where it is another`
  );
}

function keys(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function inRenamed(name: string, schemas: Renamed): string {
  const dot = name.indexOf(".");
  const schema = dot === -1 ? undefined : schemas.get(name.slice(0, dot));
  return schema === undefined ? name : `${schema}${name.slice(dot)}`;
}

function lastOf(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function fits(name: string, text: string): boolean {
  return name === text || name.endsWith(`.${text}`);
}

function fitsPair(from: string, to: string, text: string): boolean {
  const [old = "", now = "", ...more] = text.split(":");
  return more.length === 0 && fits(from, old) && fits(to, now);
}
