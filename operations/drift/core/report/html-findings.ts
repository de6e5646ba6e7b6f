import { html } from "hono/html";
import { acceptEntry } from "../accept.ts";
import type { Finding } from "../finding.ts";
import type { Report, StackResult } from "../result.ts";
import { countsOf, type Group, grouped } from "./groups.ts";
import { anchor, type Html } from "./picture.ts";
import { minute, urgentFirst } from "./summary.ts";

/** Findings of a stack from which on they are shown in groups. */
const MANY = 50;
/** Findings of a group that are shown whole; of the others a line, so that a browser opens the page at once. */
const WHOLE = 20;

/** The findings of a stack, what is urgent first; many of them in groups that open, with their counts. */
export function findingsOf(stack: StackResult, report: Report): Html | Html[] {
  const findings = urgentFirst(stack, report.failOn);
  if (findings.length <= MANY) return findings.map((finding) => article(finding, stack, report));
  const groups = grouped(findings);
  return html`<ul class="groups">${groups.map(
    (group) =>
      html`<li><a href="#${groupAnchor(stack, group)}">${group.layer}: ${group.kind}</a> ${countsOf(group.findings)}</li>`,
  )}</ul>
${groups.map((group) => groupSection(group, stack, report))}`;
}

function groupAnchor(stack: StackResult, { layer, kind }: Group): string {
  return `${anchor(stack)}-${layer}-${encodeURIComponent(kind)}`;
}

function groupSection(group: Group, stack: StackResult, report: Report): Html {
  const { layer, kind, findings, severity } = group;
  const rest = findings.slice(WHOLE);
  return html`<details class="group" id="${groupAnchor(stack, group)}">
<summary><span class="badge ${severity}">${severity}</span> <span class="layer">${layer}</span> ${kind}: ${countsOf(findings)}</summary>
${findings.slice(0, WHOLE).map((finding) => article(finding, stack, report))}
${rest.length === 0 ? "" : html`<p>${rest.length} more, a line each; --json has all of them whole:</p><pre>${rest.map(line).join("\n")}</pre>`}
</details>
`;
}

function line({ severity, object, expected, found, accepted }: Finding): string {
  return `${(accepted ? "accepted" : severity).padEnd(8)} ${object}: expected ${short(expected)}, found ${short(found)}`;
}

function short(text: string): string {
  const one = text.replaceAll(/\s+/g, " ");
  return one.length > 120 ? `${one.slice(0, 120)}...` : one;
}

function article(finding: Finding, stack: StackResult, report: Report): Html {
  const { severity, layer, object, expected, found, since, accepted, repair } = finding;
  const sql = (repair.sql ?? []).map((one) => `${one};`.replace(/;;$/, ";")).join("\n");
  return html`<article class="${accepted ? "accepted" : severity}">
<h3><span class="badge ${severity}">${severity}</span> <span class="layer">${layer}</span> <code>${object}</code></h3>
<dl>
<dt>Expected</dt><dd><code>${expected}</code></dd>
<dt>Found</dt><dd><code>${found}</code></dd>
${since ? html`<dt>Since</dt><dd>${minute(since)}</dd>` : ""}
${accepted ? html`<dt>Accepted</dt><dd>until ${accepted.expires}: ${accepted.reason}</dd>` : html`<dt>Repair</dt><dd>${repair.advice}</dd>`}
</dl>
${sql === "" || accepted ? "" : disclosure("SQL that repairs it", sql)}
${(finding.reproduce ?? []).length === 0 ? "" : disclosure("SQL that makes it", (finding.reproduce ?? []).join(";\n"))}
${accepted ? "" : disclosure("Accept it", acceptEntry(finding, stack.stack, new Date(report.startedAt)))}
</article>
`;
}

function disclosure(summary: string, text: string): Html {
  return html`<details><summary>${summary}</summary><pre>${text}</pre></details>`;
}
