import { html } from "hono/html";
import { LAYERS, type Layer, SEVERITIES } from "../finding.ts";
import { counted, type Report, type StackResult } from "../result.ts";

/** What hono's templates give. */
export type Html = ReturnType<typeof html>;

const SHORT: Record<Layer, string> = {
  resources: "res",
  migrations: "mig",
  schema: "sch",
  catalog: "cat",
  security: "sec",
  configuration: "cfg",
};
const CARD = 66;
/** Height of a clean stack, where there are many. */
const CHIP = 34;
const GAP = 12;
const INDENT = 28;
const TRUNK = 12;
const BUS = 34;
/** From so many readers on, those that are clean are drawn small. */
const MANY = 6;

/** Stacks that read from one database, and the stack it belongs to, where that one was looked at. */
interface Family {
  readonly address: string | undefined;
  readonly publisher: StackResult | undefined;
  readonly readers: readonly StackResult[];
}

/** The environments as an SVG `width` wide: each publisher above the stacks that read its catalog. */
export function picture(report: Report, options: { readonly width: number; readonly columns: number }): Html {
  const { width, columns } = options;
  const families = familiesOf(report.stacks);
  const parts: Html[] = [];
  let y = 0;
  for (const family of families) {
    const drawn = drawFamily(family, { report, y, width, columns });
    parts.push(...drawn.parts);
    y = drawn.end + GAP * 2;
  }
  const height = Math.max(0, y - GAP * 2);
  return html`<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="group" aria-label="Environments and where their catalogs come from">${parts}</svg>`;
}

/** Publishers first, then stacks whose catalog has no reader. */
function familiesOf(stacks: readonly StackResult[]): Family[] {
  const readers = new Map<string, StackResult[]>();
  for (const stack of stacks) {
    if (stack.source) readers.set(stack.source, [...(readers.get(stack.source) ?? []), stack]);
  }
  const families = [...readers].map(([address, own]) => {
    const publisher = stacks.find((stack) => stack.catalog === "local" && stack.address === address);
    return { address, publisher, readers: own };
  });
  const drawn = new Set(families.flatMap(({ publisher, readers: own }) => [publisher, ...own]));
  const alone = stacks.filter((stack) => !drawn.has(stack));
  return alone.length > 0 ? [...families, { address: undefined, publisher: undefined, readers: alone }] : families;
}

interface Frame {
  readonly report: Report;
  readonly y: number;
  readonly width: number;
  readonly columns: number;
}

function drawFamily(family: Family, frame: Frame): { parts: Html[]; end: number } {
  const { report, y, width, columns } = frame;
  const column = (width - GAP * (columns - 1)) / columns;
  const left = (index: number) => index * (column + GAP);
  const parts: Html[] = [];
  const joined = family.address !== undefined;
  const indent = joined ? INDENT : 0;
  const top = joined ? y + CARD + BUS : y;
  const ends = Array.from({ length: columns }, () => top);
  const lasts = new Map<number, number>();
  for (const stack of ordered(family.readers, report)) {
    const index = ends.indexOf(Math.min(...ends));
    const at = ends[index] ?? top;
    const height = family.readers.length > MANY && stack.status === "clean" ? CHIP : CARD;
    const middle = at + height / 2;
    if (joined) parts.push(branch(stack, { x: left(index) + TRUNK, y: middle, to: left(index) + indent }));
    parts.push(card(stack, { report, x: left(index) + indent, y: at, width: column - indent, height }));
    lasts.set(index, middle);
    ends[index] = at + height + GAP;
  }
  if (joined) parts.unshift(...trunk({ y, lasts, left }), head(family, { report, y, width: column }));
  return { parts, end: Math.max(...ends) - GAP };
}

/** What needs somebody comes first. */
function ordered(stacks: readonly StackResult[], report: Report): StackResult[] {
  const rank = { drift: 0, unreachable: 1, busy: 2, clean: 3 };
  const found = (stack: StackResult) => counted(stack, report.failOn).length;
  return [...stacks].sort((one, other) => rank[one.status] - rank[other.status] || found(other) - found(one));
}

function trunk(about: { y: number; lasts: ReadonlyMap<number, number>; left: (index: number) => number }): Html[] {
  const { y, lasts, left } = about;
  const bus = y + CARD + BUS / 2;
  const columns = [...lasts.keys()];
  const end = left(Math.max(...columns)) + TRUNK;
  return [
    html`<path class="flow" d="M${TRUNK} ${y + CARD}V${bus}H${end}"/>`,
    ...columns.map((index) => html`<path class="flow" d="M${left(index) + TRUNK} ${bus}V${lasts.get(index) ?? bus}"/>`),
    html`<text class="small soft" x="${TRUNK + 10}" y="${bus - 4}">catalog, read as foreign tables</text>`,
  ];
}

/** The last part of the way to a reader, with an arrow; broken where its catalog differs or could not be read. */
function branch(stack: StackResult, at: { x: number; y: number; to: number }): Html {
  const catalog = stack.findings.some(({ layer, accepted }) => layer === "catalog" && !accepted);
  const unreachable = stack.layers.some(({ layer, status }) => layer === "catalog" && status === "unreachable");
  const { x, y, to } = at;
  return html`<path class="flow ${catalog || unreachable ? "broken" : ""}" d="M${x} ${y}H${to - 1}"/><path class="tip ${catalog || unreachable ? "broken" : ""}" d="M${to - 7} ${y - 4}L${to - 1} ${y}L${to - 7} ${y + 4}Z"/>`;
}

function head({ publisher, address }: Family, at: { report: Report; y: number; width: number }): Html {
  if (publisher) return card(publisher, { ...at, x: 0, height: CARD });
  return html`<rect class="card elsewhere" x="0.5" y="${at.y + 0.5}" width="${at.width - 1}" height="${CARD - 1}" rx="8"/>
<text class="name" x="16" y="${at.y + 27}">${fitting(address ?? "", at.width - 32, 8.8)}</text>
<text class="small soft" x="16" y="${at.y + 48}">publisher, not looked at in this run</text>`;
}

interface Place {
  readonly report: Report;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const SIGNS = { clean: "✓", drift: "▲", unreachable: "?", busy: "…" } as const;

function card(stack: StackResult, place: Place): Html {
  const { report, x, y, width, height } = place;
  const found = counted(stack, report.failOn).length;
  const word = { clean: "clean", drift: `${found} found`, unreachable: "unreachable", busy: "busy" }[stack.status];
  const state = `${SIGNS[stack.status]} ${word}`;
  const room = width - 40 - state.length * 8.5;
  return html`<a href="#${anchor(stack)}"><title>${stack.stack}: ${word}</title>
<rect class="card" x="${x + 0.5}" y="${y + 0.5}" width="${width - 1}" height="${height - 1}" rx="8"/>
<rect class="edge ${stack.status}" x="${x + 5}" y="${y + 8}" width="4" height="${height - 16}" rx="2"/>
<text class="name" x="${x + 16}" y="${y + 22}">${fitting(stack.stack, room, 8.8)}</text>
<text class="word ${stack.status}" x="${x + width - 12}" y="${y + 22}" text-anchor="end">${state}</text>
${height < CARD ? "" : cells(stack, place)}</a>`;
}

/** One cell for each layer: how many findings, how severe. */
function cells(stack: StackResult, { report, x, y, width }: Place): Html[] {
  const room = width - 28;
  const cell = (room - 4 * (LAYERS.length - 1)) / LAYERS.length;
  return LAYERS.map((layer, index) => {
    const own = counted(stack, report.failOn).filter((finding) => finding.layer === layer);
    const looked = stack.layers.find((each) => each.layer === layer);
    const worst = [...SEVERITIES].reverse().find((severity) => own.some((finding) => finding.severity === severity));
    const kind =
      looked === undefined ? "skipped" : looked.status === "unreachable" ? "unreachable" : (worst ?? "clean");
    const said = kind === "unreachable" ? "?" : own.length > 0 ? String(own.length) : "";
    const at = x + 16 + index * (cell + 4);
    return html`<g><title>${layer}: ${kind === "skipped" ? "not looked at" : kind === "unreachable" ? "could not be read" : `${own.length} found`}</title>
<rect class="cell ${kind}" x="${at.toFixed(1)}" y="${y + 36}" width="${cell.toFixed(1)}" height="20" rx="4"/>
<text class="tiny ${kind}" x="${(at + cell / 2).toFixed(1)}" y="${y + 50}" text-anchor="middle">${SHORT[layer]}${said ? ` ${said}` : ""}</text></g>`;
  });
}

/** Id of a stack's section on the page. */
export function anchor({ stack }: Pick<StackResult, "stack">): string {
  return `stack-${stack.replaceAll(/[^\w-]/g, "_")}`;
}

function fitting(text: string, room: number, character: number): string {
  const count = Math.max(4, Math.floor(room / character));
  return text.length > count ? `${text.slice(0, count - 1)}…` : text;
}
