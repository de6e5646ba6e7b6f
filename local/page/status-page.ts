import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestLine } from "../api/context.ts";
import type { CloudStatusReport, ProjectStatusLine } from "../daemon/status.ts";
import type { ProjectFacts } from "../projects/facts.ts";

const style = readFileSync(join(import.meta.dirname, "style.css"), "utf8");
const MEGABYTE = 1024 * 1024;
const SHOWN_REQUESTS = 30;

/** Text that is safe inside HTML. */
class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What the page shows of a project below its status line. */
export interface ShownProject extends ProjectStatusLine {
  branchOf: string | null;
  facts: ProjectFacts | undefined;
}

/** The page at the root URL. No password, key or token is in it. It loads itself again every five seconds. */
export function statusPage(options: {
  report: CloudStatusReport;
  projects: ShownProject[];
  requests: RequestLine[];
}): string {
  const { report, projects, requests } = options;
  const recent = requests.slice(-SHOWN_REQUESTS).reverse();
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>Local cloud</title>
<style>${new Html(style)}</style>
</head>
<body>
<h1>Local cloud</h1>
<p>Management API at <code>${report.endpoint}</code>, Postgres ${report.postgres}, process ${report.pid}</p>
${report.notes.map((note) => html`<p>${note}</p>`)}
<h2>Projects</h2>
${projects.length === 0 ? html`<p>There are no projects. <code>npm start</code> makes some.</p>` : ""}
<div class="projects">${projects.map(project)}</div>
<h2>Recent requests</h2>
${recent.length === 0 ? html`<p>None since the start.</p>` : requestTable(recent)}
</body>
</html>
`.text;
}

function project(shown: ShownProject): Html {
  const { facts } = shown;
  const user = `postgres.${shown.ref}`;
  const memory = shown.memoryBytes === null ? "" : `, ${Math.round(shown.memoryBytes / MEGABYTE)} MB`;
  const pooled = (at: string) => (at === "closed" ? at : `postgresql://${user}@${at}/postgres`);
  return html`<article class="project">
<header><h3>${shown.name}</h3><span class="state ${stateClass(shown.status)}">${shown.status}</span></header>
<p>${shown.organization}${shown.branchOf === null ? "" : `, branch of ${shown.branchOf}`}${memory}</p>
${shown.problem === "" ? "" : html`<p class="state bad">${shown.problem}</p>`}
<dl>
<dt>Ref</dt><dd><code>${shown.ref}</code></dd>
<dt>Direct</dt><dd><code>postgresql://postgres@${shown.direct}/postgres</code></dd>
<dt>Session pooler</dt><dd><code>${pooled(shown.sessionPooler)}</code></dd>
<dt>Transaction pooler</dt><dd><code>${pooled(shown.transactionPooler)}</code></dd>
<dt>Catalog</dt><dd>${facts ? (facts.catalog ?? "not set") : "unknown"}</dd>
<dt>Migrations</dt><dd>${facts ? migrations(facts) : "unknown"}</dd>
</dl>
</article>`;
}

function migrations(facts: ProjectFacts): string {
  if (facts.migrations.length === 0) return "none applied";
  return facts.migrations.map(({ history, applied }) => `${applied} in ${history}`).join(", ");
}

function stateClass(status: string): string {
  if (status === "ACTIVE_HEALTHY") return "good";
  return /FAILED|UNHEALTHY/.test(status) ? "bad" : "";
}

function requestTable(requests: RequestLine[]): Html {
  const rows = requests.map(
    (one) => html`<tr><td>${one.at.slice(11, 19)}</td><td><code>${one.method} ${one.path}</code></td>
<td class="number ${one.status >= 400 ? "state bad" : ""}">${one.status}</td><td class="number">${one.milliseconds} ms</td></tr>`,
  );
  return html`<table><thead><tr><th>UTC</th><th>Request</th><th class="number">Status</th><th class="number">Took</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

/** Everything put into the template is escaped, except what is HTML already. */
function html(parts: TemplateStringsArray, ...values: (string | number | Html | Html[])[]): Html {
  const texts = values.map((value) =>
    [value]
      .flat()
      .map((one) => (one instanceof Html ? one.text : escaped(one)))
      .join(""),
  );
  return new Html(parts.map((part, index) => part + (texts[index] ?? "")).join(""));
}

function escaped(value: string | number): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return String(value).replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
