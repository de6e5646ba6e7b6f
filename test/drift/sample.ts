import type { Finding, Layer, Severity } from "../../operations/drift/core/finding.ts";
import { LAYERS } from "../../operations/drift/core/finding.ts";
import { type Report, type StackResult, statusOf } from "../../operations/drift/core/result.ts";

/** A finding with whatever a test cares for. */
export function finding(about: Partial<Finding> & { readonly layer: Layer; readonly object: string }): Finding {
  const severity: Severity = "high";
  const repair = { how: "up", advice: "npm run up brings it back.", safe: true } as const;
  return { id: `${about.layer}:${about.object}`, severity, expected: "there", found: "not there", repair, ...about };
}

/** A stack that was looked at on every layer. */
export function looked(stack: string, about: Partial<StackResult> = {}): StackResult {
  const layers = about.layers ?? LAYERS.map((layer) => ({ layer, status: "checked" as const, seconds: 0.2 }));
  const findings = about.findings ?? [];
  const status = statusOf(layers, findings, "low");
  return { stack, catalog: "local", status, notes: [], seconds: 1.5, ...about, layers, findings };
}

export function report(stacks: readonly StackResult[], about: Partial<Report> = {}): Report {
  const startedAt = "2030-01-02T03:04:05.678Z";
  return { schemaVersion: 2, startedAt, seconds: 12.3, concurrency: 2, failOn: "low", notes: [], ...about, stacks };
}

/** Production, a preview with everything wrong, and `count` previews of pull requests. */
export function fleet(count: number): Report {
  const address = "127.246.84.10:5432";
  const index = finding({
    layer: "schema",
    object: "index public.trips_by_hand",
    severity: "low",
    expected: "not there",
    found: "there",
    since: "2030-01-01T00:00:00.000Z",
    reproduce: ["CREATE INDEX trips_by_hand ON public.trips (id)"],
    repair: {
      how: "sql",
      advice: "Run this, or keep it by a migration.",
      sql: ['DROP INDEX "public"."trips_by_hand"'],
      safe: false,
    },
  });
  const drifted = [
    index,
    finding({
      layer: "catalog",
      object: "reader fdw_catalog_ro_a",
      found: "SQLSTATE 28P01: password authentication failed",
    }),
    finding({ layer: "security", object: "table public.users", expected: "on", found: "row security off" }),
    finding({ layer: "configuration", object: "ForeignCatalog preview", severity: "medium" }),
    finding({ layer: "resources", object: "Project preview", accepted: { reason: "known", expires: "2030-02-01" } }),
  ];
  const unreachable = LAYERS.map((layer) =>
    layer === "catalog"
      ? { layer, status: "unreachable" as const, seconds: 10, error: "CONNECT_TIMEOUT: write CONNECT_TIMEOUT" }
      : { layer, status: "checked" as const, seconds: 0.4 },
  );
  const foreign = { catalog: "foreign", source: address } as const;
  return report([
    looked("prod", { address, notes: ["behind: 1 pending (0012_more)"] }),
    looked("preview", { ...foreign, findings: drifted }),
    looked("preview-pr-1", { ...foreign, layers: unreachable }),
    {
      stack: "preview-pr-2",
      status: "busy",
      reason: "an operation is under way (process 123)",
      layers: [],
      findings: [],
      notes: [],
      seconds: 0.1,
    },
    ...Array.from({ length: count }, (_, at) => looked(`preview-pr-${at + 10}`, foreign)),
    looked("dev", {}),
  ]);
}
