import { KINDS, type KindName } from "./program.ts";

/** What was tried of each kind under each operation. */
export class Table {
  readonly #columns: string[] = [];
  readonly #cells = new Map<string, string>();

  /** Records what an operation led to for a kind: `ok`, or why it does not apply. */
  set(column: string, kind: KindName, cell: string): void {
    if (!this.#columns.includes(column)) this.#columns.push(column);
    this.#cells.set(`${column}/${kind}`, cell);
  }

  /** Cells that were never tried. */
  get empty(): string[] {
    return this.#columns.flatMap((column) =>
      KINDS.filter((kind) => !this.#cells.has(`${column}/${kind}`)).map((kind) => `${column}: ${kind}`),
    );
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  toString(): string {
    const reasons: string[] = [];
    const shown = (cell: string): string => {
      if (cell === "ok") return cell;
      if (!reasons.includes(cell)) reasons.push(cell);
      return `(${reasons.indexOf(cell) + 1})`;
    };
    const body = KINDS.map((kind) => [
      kind,
      ...this.#columns.map((column) => shown(this.#cells.get(`${column}/${kind}`) ?? "EMPTY")),
    ]);
    const rows = [["kind", ...this.#columns], ...body];
    const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
    const lines = rows.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join("  ")
        .trimEnd(),
    );
    return [...lines, ...reasons.map((reason, i) => `(${i + 1}) ${reason}`)].join("\n");
  }
}
