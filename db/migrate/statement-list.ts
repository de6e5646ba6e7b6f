/** One SQL statement of a migration file. Offsets count UTF-16 units from the start of the file. */
export type Statement = {
  /** The statement without its closing semicolon and without comments before it. */
  text: string;
  start: number;
  end: number;
  /** The first words outside quotes, comments and parentheses, upper case: they tell what kind of statement it is. */
  words: readonly string[];
  /** What stands between BEGIN and COMMIT, where this is such a group of a no-transaction file. */
  group?: StatementList;
};

/**
 * The statements of a file, in order. Kept as offsets, each made when it is asked for: a file may hold hundreds of
 * thousands of them, and a run needs a few at a time.
 */
export class StatementList implements Iterable<Statement> {
  readonly #sql: string;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #words: (readonly string[])[] = [];
  readonly #groups = new Map<number, StatementList>();
  // Statements of a large file are mostly alike: those that begin with the same words share them.
  readonly #known = new Map<string, readonly string[]>();

  constructor(sql: string) {
    this.#sql = sql;
  }

  get length(): number {
    return this.#starts.length;
  }

  add({ start, end, words, group }: Omit<Statement, "text">): void {
    if (group) this.#groups.set(this.length, group);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#words.push(this.#shared(words));
  }

  #shared(words: readonly string[]): readonly string[] {
    const key = words.join(" ");
    const known = this.#known.get(key);
    if (!known && this.#known.size < 1000) this.#known.set(key, words);
    return known ?? words;
  }

  /** Counted from the start, or from the end where negative. */
  at(index: number): Statement | undefined {
    const position = index < 0 ? this.length + index : index;
    const start = this.#starts[position];
    const end = this.#ends[position];
    const words = this.#words[position];
    if (start === undefined || end === undefined || !words) return undefined;
    const group = this.#groups.get(position);
    return { text: this.#sql.slice(start, end), start, end, words, ...(group ? { group } : {}) };
  }

  *entries(): Generator<[number, Statement]> {
    for (let index = 0; ; index++) {
      const statement = this.at(index);
      if (!statement) return;
      yield [index, statement];
    }
  }

  *[Symbol.iterator](): Generator<Statement> {
    for (const [, statement] of this.entries()) yield statement;
  }

  /** Those from one position to before another. */
  between(from: number, to: number): StatementList {
    const part = new StatementList(this.#sql);
    for (let index = from; index < to; index++) {
      const statement = this.at(index);
      if (statement) part.add(statement);
    }
    return part;
  }
}
