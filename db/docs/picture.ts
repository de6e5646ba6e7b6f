import type { DocumentedArea, DocumentedTable } from "./areas.ts";

const size = { width: 330, row: 17, head: 26, gapX: 90, gapY: 28, margin: 24 };

interface Box {
  readonly name: string;
  readonly table?: DocumentedTable;
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

const escapeText = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** How many steps a table is from one that refers to nothing in the picture. */
function depths(area: DocumentedArea): Map<string, number> {
  const tables = new Map(area.tables.map((table) => [table.name, table]));
  const known = new Map<string, number>();
  const depth = (name: string, path: readonly string[]): number => {
    const held = known.get(name);
    if (held !== undefined) return held;
    const parents = (tables.get(name)?.parents ?? []).filter((parent) => !path.includes(parent));
    const found = parents.length === 0 ? 0 : 1 + Math.max(...parents.map((parent) => depth(parent, [...path, name])));
    known.set(name, found);
    return found;
  };
  for (const { name, parents } of area.tables) for (const each of [name, ...parents]) depth(each, []);
  return known;
}

/** Columns of boxes, parents to the left; a column that grows too tall continues next to itself. */
function place(area: DocumentedArea): Box[] {
  const tables = new Map(area.tables.map((table) => [table.name, table]));
  const columns: string[][] = [];
  for (const [name, depth] of [...depths(area)].sort(([a], [b]) => a.localeCompare(b))) {
    columns[depth] = [...(columns[depth] ?? []), name];
  }
  let x = size.margin;
  return columns.flatMap((names) => {
    let y = size.margin;
    const boxes = names.map((name) => {
      const table = tables.get(name);
      const height = size.head + (table ? table.columns.length * size.row + 8 : 0);
      if (y > size.margin && y + height > 1400) [x, y] = [x + size.width + 30, size.margin];
      const box: Box = { name, ...(table ? { table } : {}), x, y, height };
      y += height + size.gapY;
      return box;
    });
    x += size.width + size.gapX;
    return boxes;
  });
}

function drawBox({ name, table, x, y, height }: Box): string {
  const rows = (table?.columns ?? []).map((column, index) => {
    const line = y + size.head + 14 + index * size.row;
    const mark = column.primary ? "PK" : column.foreign ? "FK" : "";
    return `<text class="mark" x="${x + 8}" y="${line}">${mark}</text><text class="${column.notNull ? "set" : "open"}" x="${x + 32}" y="${line}">${escapeText(column.name)}</text><text class="type" x="${x + size.width - 8}" y="${line}">${escapeText(column.type)}</text>`;
  });
  const frame = `<rect class="${table ? "table" : "other"}" x="${x}" y="${y}" width="${size.width}" height="${height}" rx="5"/>`;
  return `<g>${frame}<text class="name" x="${x + 10}" y="${y + 18}">${escapeText(name)}</text>${rows.join("")}</g>`;
}

function drawLine(child: Box, parent: Box): string {
  const [fromX, fromY] = [child.x, child.y + size.head / 2];
  const [toX, toY] = [parent.x + size.width, parent.y + size.head / 2];
  const bend = Math.max(40, (fromX - toX) / 2);
  return `<path class="line" d="M${fromX},${fromY} C${fromX - bend},${fromY} ${toX + bend},${toY} ${toX},${toY}" marker-end="url(#end)"/>`;
}

const style = `text{font:12px ui-monospace,SFMono-Regular,Menlo,monospace;fill:#1f2328}
.name{font-weight:600;font-size:13px}.type,.mark{fill:#656d76}.type{text-anchor:end}.open{fill:#656d76}
.table{fill:#fff;stroke:#8c959f}.other{fill:#f6f8fa;stroke:#d0d7de;stroke-dasharray:4 3}
.line{fill:none;stroke:#8c959f}.back{fill:#fff}.tip{fill:#8c959f}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.type,.mark,.open{fill:#8d96a0}.table{fill:#161b22;stroke:#6e7681}
.other{fill:#0d1117;stroke:#484f58}.back{fill:#0d1117}.line{stroke:#6e7681}.tip{fill:#6e7681}}`;

/**
 * The entity-relationship picture of an area, as SVG. Tables of other areas that are referred to are dashed; a column in
 * grey may be null. The key to the agency, which every table has, is not drawn.
 */
export function drawArea(area: DocumentedArea): string {
  const boxes = place(area);
  const byName = new Map(boxes.map((box) => [box.name, box]));
  const lines = boxes.flatMap((box) =>
    (box.table?.parents ?? []).flatMap((name) => {
      const parent = byName.get(name);
      return parent ? [drawLine(box, parent)] : [];
    }),
  );
  const width = Math.max(...boxes.map(({ x }) => x)) + size.width + size.margin;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) + size.margin;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="Tables of the area ${area.name}">
<style>${style}</style>
<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path class="tip" d="M0,0 L8,4 L0,8 z"/></marker></defs>
<rect class="back" width="${width}" height="${height}"/>
${[...lines, ...boxes.map(drawBox)].join("\n")}
</svg>
`;
}
