import { dirname } from "node:path";
import ts from "typescript";
import { circles, isInside, isProduct, rooms, sources, textOf } from "./sources.ts";

/** Lines: the middle one, the one that nine of ten do not pass, and the largest. */
export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** What one room of ARCHITECTURE.md measures; tests in it are left out. */
export interface RoomSize {
  readonly room: string;
  readonly files: Spread;
  readonly functions: Spread;
  /** Source files of its fullest folder. */
  readonly folder: number;
}

function spread(lines: readonly number[]): Spread {
  const sorted = [...lines].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, median: at(0.5), p90: at(0.9), max: at(1) };
}

/** Lengths in lines of what has a name: declarations, methods, accessors, and functions bound to a name. */
function functionLengths(file: string): number[] {
  const source = ts.createSourceFile(file, textOf(file), ts.ScriptTarget.Latest, true);
  const lengths: number[] = [];
  const visit = (node: ts.Node): void => {
    const isNamed =
      ts.isFunctionDeclaration(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isConstructorDeclaration(node) ||
      ts.isAccessor(node) ||
      ((ts.isArrowFunction(node) || ts.isFunctionExpression(node)) &&
        (ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent)));
    if (isNamed) {
      const line = (position: number) => source.getLineAndCharacterOfPosition(position).line;
      lengths.push(line(node.end) - line(node.getStart(source)) + 1);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lengths;
}

/** Lines of a text, without the empty one behind the last line break. */
const linesOf = (text: string): number => text.replace(/\n$/, "").split("\n").length;

/** Measures every room of the product and of the benches; `sdks` is declarations and is left out. */
export function measureRooms(): RoomSize[] {
  const table = rooms();
  const measured = sources.filter((file) => isProduct(file) || file.startsWith("bench/"));
  return table
    .filter(({ name }) => name !== "sdks")
    .map(({ name }) => {
      const own = measured.filter((file) => table.find((room) => isInside(file, room.name))?.name === name);
      const folders = new Map<string, number>();
      for (const file of own) folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
      return {
        room: name,
        files: spread(own.map((file) => linesOf(textOf(file)))),
        functions: spread(own.flatMap(functionLengths)),
        folder: Math.max(0, ...folders.values()),
      };
    })
    .sort((one, other) => (one.room < other.room ? -1 : 1));
}

/** The measure of all rooms as a table for a terminal. */
export function sizeTable(sizes: readonly RoomSize[]): string {
  const rows = sizes.map(({ room, files, functions, folder }) => {
    const numbers = [files, functions].flatMap(({ count, median, p90, max }) => [count, median, p90, max]);
    return [room.padEnd(24), ...[...numbers, folder].map((number) => String(number).padStart(6))].join("");
  });
  const heads = ["files", "med", "p90", "max", "funcs", "med", "p90", "max", "folder"];
  const head = ["room".padEnd(24), ...heads.map((word) => word.padStart(6))].join("");
  return [head, ...rows, `circles of imports, types included: ${circles().length}`].join("\n");
}
