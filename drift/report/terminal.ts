import { styleText } from "node:util";
import type { Finding, Severity } from "../finding.ts";
import { counted, type Report, type StackResult } from "../result.ts";

const COLOURS = { high: "red", medium: "yellow", low: "cyan" } as const satisfies Record<Severity, string>;
const STATES = { clean: "green", drift: "red", unread: "magenta", busy: "yellow" } as const;

/** A report as lines for a terminal, grouped by stack and layer. */
export function terminalReport(report: Report, options: { readonly colour: boolean }): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const lines = report.stacks.flatMap((stack) => [
    `${paint("bold", stack.stack)}  ${paint(STATES[stack.status], headline(stack, report))}`,
    ...stack.notes.map((note) => `  ${note}`),
    ...stack.layers.flatMap(({ layer, status, error }) => [
      ...(status === "unread" ? [`  ${paint("magenta", `${layer}: could not be read`)}: ${error}`] : []),
      ...stack.findings.filter((finding) => finding.layer === layer).flatMap((finding) => findingLines(finding, paint)),
    ]),
  ]);
  return [...lines, ...report.notes].join("\n");
}

function headline(stack: StackResult, report: Report): string {
  const found = counted(stack, report.failOn).length;
  const time = `(${stack.seconds.toFixed(1)} s)`;
  if (stack.status === "busy") return `not checked ${time}`;
  if (stack.status === "clean") return `clean, ${stack.layers.length} layers ${time}`;
  const unread = stack.layers.filter(({ status }) => status === "unread").length;
  return `${found} found${unread > 0 ? `, ${unread} of ${stack.layers.length} layers unread` : ""} ${time}`;
}

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

function findingLines(finding: Finding, paint: Paint): string[] {
  const { layer, severity, object, expected, found, repair, accepted } = finding;
  return [
    `  ${paint(COLOURS[severity], severity.padEnd(6))} ${layer.padEnd(13)} ${paint("bold", object)}`,
    `         expected ${expected}`,
    `         found    ${found}`,
    accepted ? `         accepted until ${accepted.expires}: ${accepted.reason}` : `         repair   ${repair.advice}`,
    ...(accepted ? [] : (repair.sql ?? []).map((sql) => paint("dim", `                  ${sql};`.replace(/;;$/, ";")))),
  ];
}
