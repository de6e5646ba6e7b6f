import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html, raw } from "hono/html";
import { LAYERS } from "../finding.ts";
import type { LayerResult, Report, StackResult } from "../result.ts";
import { findingsOf } from "./html-findings.ts";
import { anchor, type Html, picture } from "./picture.ts";
import { cost, headline, minute, title } from "./summary.ts";

const style = readFileSync(join(import.meta.dirname, "style.css"), "utf8");
const WIDE = { width: 992, columns: 3 } as const;
const NARROW = { width: 328, columns: 1 } as const;

/** A report as one page that loads nothing and runs nothing. Everything in it is escaped. */
export function htmlReport(report: Report): string {
  const said = report.stacks.filter((stack) => saysSomething(stack));
  return `${html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Drift: ${title(report)}</title>
<style>${raw(style)}</style>
</head>
<body>
<header>
<h1>${title(report)}</h1>
<p>Checked ${minute(report.startedAt)}. ${cost(report)}.${report.failOn === "low" ? "" : ` Findings below ${report.failOn} do not count.`}</p>
</header>
<figure>
<div class="wide">${picture(report, WIDE)}</div>
<div class="narrow">${picture(report, NARROW)}</div>
<figcaption>${legend()}</figcaption>
</figure>
${report.notes.length > 0 ? html`<ul class="notes">${report.notes.map((note) => html`<li>${note}</li>`)}</ul>` : ""}
${said.map((stack) => section(stack, report))}
${cleanTable(report.stacks.filter((stack) => !said.includes(stack)))}
</body>
</html>
`}`;
}

function saysSomething({ status, findings, notes }: StackResult): boolean {
  return status !== "clean" || findings.length > 0 || notes.length > 0;
}

function legend(): Html {
  const layers = LAYERS.map(
    (layer) => html`<span><b>${layer.slice(0, 3) === "con" ? "cfg" : layer.slice(0, 3)}</b> ${layer}</span> `,
  );
  const kinds = [
    ["high", "high"],
    ["medium", "medium"],
    ["low", "low"],
    ["unreachable", "could not be read"],
  ].map(([kind, words]) => html`<span><i class="swatch ${kind}"></i> ${words}</span> `);
  return html`${layers}${kinds}`;
}

function section(stack: StackResult, report: Report): Html {
  const unreachable = stack.layers.filter(({ status }) => status === "unreachable");
  return html`<section id="${anchor(stack)}">
<h2>${stack.stack} <span class="word ${stack.status}">${headline(stack, report)}</span></h2>
<p>${whereFrom(stack)} ${stack.seconds.toFixed(1)} s.</p>
${stack.reason === undefined ? "" : html`<p class="word ${stack.status}">${stack.reason}</p>`}
${stack.notes.map((note) => html`<p>${note}</p>`)}
${unreachable.map(unreachableLayer)}
${findingsOf(stack, report)}
</section>
`;
}

function whereFrom({ catalog, source }: StackResult): string {
  if (catalog === "foreign") return `Catalog read from ${source ?? "an unknown place"}.`;
  if (catalog === "snapshot") return "Catalog of its own, copied from a publisher's.";
  return catalog === "local" ? "Catalog of its own." : "Catalog unknown.";
}

function unreachableLayer({ layer, error }: LayerResult): Html {
  return html`<p><b class="word unreachable">${layer} could not be read</b> <code>${error ?? ""}</code></p>`;
}

function cleanTable(stacks: readonly StackResult[]): Html | string {
  if (stacks.length === 0) return "";
  const rows = stacks.map(
    (stack) => html`<tr id="${anchor(stack)}"><td>${stack.stack}</td><td>${stack.source ?? stack.catalog ?? ""}</td>
<td class="number">${stack.layers.length}</td><td class="number">${stack.seconds.toFixed(1)} s</td></tr>`,
  );
  return html`<section><h2>Clean</h2>
<table><thead><tr><th>Stack</th><th>Catalog</th><th class="number">Layers</th><th class="number">Took</th></tr></thead>
<tbody>${rows}</tbody></table></section>`;
}
