import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { finding, fleet, looked, report } from "../../../../test/drift/sample.ts";
import { findChromium, openPage, type Page } from "../../../../test/support/browser.ts";
import type { Report } from "../result.ts";
import { htmlReport } from "./html.ts";

const HOSTILE = `x"><script>document.title='run'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>${"y".repeat(90)}`;
const chromium = findChromium();
if (!chromium) console.log("skipped: the drift report in a browser (no chromium on PATH)");

const hostile = report([
  looked(HOSTILE, { address: HOSTILE, findings: [finding({ layer: "schema", object: HOSTILE, found: HOSTILE })] }),
  looked("reader", { catalog: "foreign", source: HOSTILE, notes: [HOSTILE] }),
  looked("other", { catalog: "foreign", source: "db.example:5432" }),
]);

test("it names no address to load anything from, and holds no script", () => {
  const text = htmlReport(fleet(3));
  expect(text).not.toMatch(/<script|<link|@import|url\(|(?:src|action)=|https?:\/\//);
  expect(text).toContain("default-src 'none'");
});

const kinds = ["index", "table", "policy", "function", "role"];
const thousands = report([
  looked("prod", {
    findings: Array.from({ length: 10_000 }, (_, at) =>
      finding({
        layer: "schema",
        severity: at % 5 === 2 ? "high" : "low",
        object: `${kinds[at % 5]} public.o${at}`,
        repair: { how: "sql", advice: "Run this.", safe: true, sql: [`drop index public.o${at}`] },
      }),
    ),
  }),
]);

test("10,000 findings are groups with counts, the urgent first, in a page that a browser opens at once", () => {
  const text = htmlReport(thousands);
  expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  expect(text.match(/<[a-z]/g)?.length).toBeLessThan(10_000);
  expect(text).toContain("2000 high");
  expect(text.indexOf("schema: policy")).toBeLessThan(text.indexOf("schema: index"));
  for (const at of [0, 4999, 9999]) expect(text).toContain(`${kinds[at % 5]} public.o${at}`);
  const links = [...text.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  for (const id of links) expect(text).toContain(`id="${id}"`);
});

describe.skipIf(!chromium)("in a browser", () => {
  const folder = mkdtempSync(join(tmpdir(), "drift-page-"));
  let page: Page;

  beforeAll(async () => {
    page = await openPage(chromium ?? "");
  });
  afterAll(async () => {
    await page?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Shows a report; its picture is kept where SCREENSHOTS names a folder. */
  async function show(name: string, shown: Report, width: number, scheme: "light" | "dark"): Promise<void> {
    const file = join(folder, `${name}-${width}-${scheme}.html`);
    writeFileSync(file, htmlReport(shown));
    await page.open({ url: pathToFileURL(file).href, width, scheme });
    const kept = process.env.SCREENSHOTS;
    if (kept) writeFileSync(join(kept, `drift-${name}-${width}-${scheme}.png`), await page.screenshot());
  }

  const overflow = () => page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  const visible = (selector: string) =>
    page.evaluate(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].filter((e) => e.getClientRects().length).length`,
    );

  test.each([
    ["few", fleet(3), 360, "light"],
    ["few", fleet(3), 360, "dark"],
    ["few", fleet(3), 1100, "light"],
    ["many", fleet(46), 360, "dark"],
    ["many", fleet(46), 1100, "dark"],
    ["thousands", thousands, 360, "light"],
    ["hostile", hostile, 360, "light"],
    ["hostile", hostile, 1100, "dark"],
  ] as const)("%s, %#: nothing is cut off, loaded or run; text stands out", async (name, shown, width, scheme) => {
    await show(name, shown, width, scheme);
    expect(await page.evaluate("innerWidth")).toBe(width);
    expect(await overflow()).toBe(0);
    expect(await page.evaluate("performance.getEntriesByType('resource').length")).toBe(0);
    expect(await page.evaluate("document.title")).toMatch(/^Drift: /);
    expect(await visible("figure svg")).toBe(1);
    // Every text of the picture lies inside it.
    const outside = `(() => { const svg = [...document.querySelectorAll("figure svg")].find((e) => e.getClientRects().length);
      const frame = svg.getBoundingClientRect();
      return [...svg.querySelectorAll("text")].filter((t) => t.getBoundingClientRect().right > frame.right + 1).length; })()`;
    expect(await page.evaluate(outside)).toBe(0);
    const overlapping = `[...document.querySelectorAll("figure a")].filter((a) => a.getClientRects().length &&
      a.querySelector(".name").getBoundingClientRect().right > a.querySelector("text.word").getBoundingClientRect().left).length`;
    expect(await page.evaluate(overlapping)).toBe(0);
    const sum = (property: string) =>
      page.evaluate(
        `getComputedStyle(document.body).${property}.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0)`,
      );
    const [text, ground] = [Number(await sum("color")), Number(await sum("backgroundColor"))];
    expect(Math.abs(text - ground)).toBeGreaterThan(500);
    expect(text < ground).toBe(scheme === "light");
  });

  test("the picture leads to each stack, and shows what is broken where", async () => {
    const shown = fleet(3);
    await show("few", shown, 1100, "light");
    const missing = `[...document.querySelectorAll("figure a")].filter((a) => !document.querySelector(a.getAttribute("href"))).length`;
    expect(await page.evaluate(missing)).toBe(0);
    expect(await visible(".wide a")).toBe(shown.stacks.length);
    expect(await visible(".wide .flow.broken")).toBe(2);
    expect(await visible(".wide .cell.high")).toBe(2);
    expect(await visible(".wide .cell.unreachable")).toBe(1);
    const text = String(await page.evaluate("document.body.innerText"));
    for (const said of ["index public.trips_by_hand", "since", "an operation is under way", "behind: 1 pending"])
      expect(text.toLowerCase()).toContain(said);
  });
});
