import { styleText } from "node:util";
import stringWidth from "string-width";
import type { Finding, Layer, Severity } from "../finding.ts";
import type { LayerResult, Report, StackResult } from "../result.ts";
import { countsOf } from "./groups.ts";
import { cost, headline, minute, title, urgentFirst } from "./summary.ts";

const COLOURS = { high: "red", medium: "yellow", low: "cyan" } as const satisfies Record<Severity, string>;
const STATES = { clean: "green", drift: "red", unreachable: "magenta", busy: "yellow" } as const;
const NARROWEST = 40;
const SQL_LINES = 8;
/** Findings of a layer that a terminal shows: the others are counted, and stand in the reports. */
const SHOWN = 40;

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

/** What the lines are for. */
export interface TerminalOptions {
  readonly colour: boolean;
  /** Columns of the terminal; undefined where lines may be as long as they are. */
  readonly columns?: number | undefined;
}

/** A report as lines for a terminal, grouped by stack and layer. */
export function terminalReport(report: Report, options: TerminalOptions): string {
  const paint: Paint = (style, text) => (options.colour ? styleText(style, text, { validateStream: false }) : text);
  const writer = new Writer(paint, options.columns);
  const widest = Math.max(...report.stacks.map(({ stack }) => stringWidth(stack)));
  for (const stack of report.stacks) stackLines(stack, { report, writer, widest });
  if (report.stacks.some(({ findings }) => findings.some(({ accepted }) => !accepted)))
    writer.line("", 'To accept a finding, name its id ("layer:object") in drift.accept.yaml: docs/guides/drift.md');
  for (const note of report.notes) writer.line("", note);
  if (report.stacks.length !== 1) writer.line("", title(report), "bold");
  writer.line("", cost(report), "dim");
  return writer.text();
}

function stackLines(stack: StackResult, about: { report: Report; writer: Writer; widest: number }): void {
  const { report, writer, widest } = about;
  const pad = " ".repeat(widest - stringWidth(stack.stack));
  const state = ` ${headline(stack, report)}  (${stack.seconds.toFixed(1)} s)`;
  writer.labelled("", `${stack.stack}${pad}`, state, { label: "bold", text: STATES[stack.status] });
  if (stack.reason !== undefined) writer.line("  ", stack.reason);
  for (const note of stack.notes) writer.line("  ", note);
  const many = stack.findings.length > SHOWN;
  const sorted = many ? urgentFirst(stack, report.failOn) : stack.findings;
  for (const layer of stack.layers) {
    const own = sorted.filter((finding) => finding.layer === layer.layer);
    layerLines(layer, own, writer);
  }
}

function layerLines({ layer, status, error }: LayerResult, findings: readonly Finding[], writer: Writer): void {
  if (status === "unreachable")
    writer.labelled("  ", `${layer}: could not be read:`, error ?? "", { label: "magenta" });
  if (findings.length === 0) return;
  writer.line("  ", layer, "underline");
  for (const finding of findings.slice(0, SHOWN)) findingLines(finding, layer, writer);
  const rest = findings.slice(SHOWN);
  if (rest.length > 0)
    writer.line("    ", `... ${countsOf(rest)} more: --html FILE, --markdown FILE and --json have them`, "dim");
}

function findingLines(finding: Finding, layer: Layer, writer: Writer): void {
  const { severity, object, expected, found, repair, accepted, since, id } = finding;
  writer.labelled("    ", severity.padEnd(6), object, { label: COLOURS[severity] });
  const field = (name: string, text: string) => writer.labelled(" ".repeat(11), name.padEnd(9), text);
  if (id !== `${layer}:${object}`) field("id", id);
  field("expected", expected);
  field("found", found);
  if (since) field("since", minute(since));
  if (accepted) field("accepted", `until ${accepted.expires}: ${accepted.reason}`);
  else field("repair", repair.advice);
  if (!accepted) sqlLines(repair.sql ?? [], writer);
}

function sqlLines(sql: readonly string[], writer: Writer): void {
  const lines = sql.flatMap((one) => `${one.trimEnd()};`.replace(/;;$/, ";").split("\n"));
  const indent = " ".repeat(21);
  for (const line of lines.slice(0, SQL_LINES)) writer.line(indent, line, "dim");
  const left = lines.length - SQL_LINES;
  if (left > 0) writer.line(indent, `... ${left} more lines: --markdown, --html and --json have them`, "dim");
}

/** Collects lines, breaking those that are longer than the terminal is wide. */
class Writer {
  readonly paint: Paint;
  readonly #columns: number;
  readonly #lines: string[] = [];

  constructor(paint: Paint, columns: number | undefined) {
    this.paint = paint;
    this.#columns = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns, NARROWEST);
  }

  raw(line: string): void {
    this.#lines.push(line);
  }

  /** Text whose further lines stand below its first. */
  line(indent: string, text: string, style?: Style): void {
    for (const part of broken(text, this.#columns - indent.length)) {
      this.raw(`${indent}${style ? this.paint(style, part) : part}`);
    }
  }

  /** A word in its own column, and text next to it; below it, where the column leaves hardly any room. */
  labelled(indent: string, label: string, text: string, style: { label?: Style; text?: Style } = {}): void {
    const column = stringWidth(indent) + stringWidth(label) + 1;
    const next = " ".repeat(column <= this.#columns / 2 ? column : indent.length + 2);
    const painted = (part: string) => (style.text ? this.paint(style.text, part) : part);
    const words = style.label ? this.paint(style.label, label) : label;
    const parts = broken(text, this.#columns - next.length).map(painted);
    const first = next.length === column ? parts.shift() : undefined;
    this.raw(first === undefined ? `${indent}${words}` : `${indent}${words} ${first}`);
    for (const part of parts) this.raw(`${next}${part}`);
  }

  text(): string {
    return this.#lines.join("\n");
  }
}

/** Breaks between words, and inside a word that is longer than a line. */
function broken(text: string, room: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    if (stringWidth(paragraph) <= room) {
      lines.push(paragraph);
      continue;
    }
    let line = "";
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== "" && stringWidth(line + word.trimEnd()) > room) {
        lines.push(line.trimEnd());
        line = "";
      }
      for (const character of word) {
        if (stringWidth(line + character) > room && character !== " ") {
          lines.push(line);
          line = "";
        }
        line += character;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}
