import { isKeeper, takesAway } from "../../../../engine/losing/loss.ts";
import { type Finding, findingId } from "../finding.ts";

/** One resource as the engine's comparison left it. */
interface ResourceStep {
  /** As `ForeignCatalog preview`. */
  readonly resource: string;
  /** `refresh`: the live state against the last known one. Anything else: the program against that. */
  readonly op: string;
  /** Names of the properties that differ. */
  readonly differences: readonly string[];
}

/** Whether the engine refuses to take a resource away, where its program said otherwise. */
interface Protection {
  readonly resource: string;
  readonly isProtected: boolean;
}

/** What the engine found without changing anything. */
export interface ResourceView {
  /** Every resource in the state. */
  readonly recorded: readonly string[];
  /** Resources that the engine protects otherwise than their program said. */
  readonly protection: readonly Protection[];
  readonly steps: readonly ResourceStep[];
  /** What providers said about a resource they read, in words. */
  readonly remarks: readonly { readonly resource: string; readonly text: string }[];
}

// What the layer `migrations` compares.
const LEDGER = /^(migrations|applied|ledgerRows|differences)\b/;
// Follows from another resource that is repaired.
const DERIVED = new Set(["secretRevision"]);
// Made again where they are gone, they hold nothing of what was in them.
const MADE_EMPTY = /^(Project|Branch|Password) /;
const SAME = new Set(["same", "read", "refresh"]);

/** A resource whose live state is not the recorded one. */
export interface ResourceChange {
  /** As `ForeignCatalog preview`. */
  readonly resource: string;
  readonly gone: boolean;
  /** What `up` would lose by putting it right, as a sentence; undefined where that loses nothing. */
  readonly loss: string | undefined;
  /** Paths of the properties that differ. */
  readonly properties: readonly string[];
  /** What its provider said about it, in its words. */
  readonly differences: readonly string[];
}

/** Resources whose live state is not the recorded one. */
export function resourceChanges({ steps, remarks, recorded }: ResourceView): ResourceChange[] {
  // What is in the state and would be made again was not found.
  const gone = steps.filter(({ op, resource }) => op === "create" && recorded.includes(resource));
  const changed = steps.filter((step) => step.op === "refresh" && drifted(step).length > 0);
  const names = new Set([...gone, ...changed].map(({ resource }) => resource));
  return [...names].map((resource) => ({
    resource,
    gone: gone.some((step) => step.resource === resource),
    loss: steps.filter((step) => step.resource === resource).flatMap((step) => lossOf(step) ?? [])[0],
    properties: changed.filter((step) => step.resource === resource).flatMap(drifted),
    differences: remarks.filter((remark) => remark.resource === resource).map(({ text }) => text),
  }));
}

/** One finding for each of them. */
export function resourceFindings(changes: readonly ResourceChange[]): Finding[] {
  return changes.map(({ resource, gone, loss, properties, differences }): Finding => {
    const names = properties.join(", ");
    return {
      id: findingId("resources", resource),
      layer: "resources",
      severity: "high",
      object: resource,
      expected: gone ? "there, as recorded" : `as recorded: ${names}`,
      found: gone ? "gone" : differences.join("; ") || `changed outside: ${names}`,
      repair: {
        how: "up",
        safe: loss === undefined && !(gone && MADE_EMPTY.test(resource)),
        advice: ["npm run up brings it back to what the program says.", ...(loss ? [loss] : [])].join(" "),
      },
    };
  });
}

function lossOf({ op, resource }: ResourceStep): string | undefined {
  if (!takesAway(op) || !isKeeper(resource.split(" ")[0] ?? "")) return undefined;
  return `It ${inOneWord(op)}s ${resource}; data is lost.`;
}

/** A replacement is three steps of the engine's: it makes one, replaces, and deletes the other. */
function inOneWord(op: string): string {
  return op.includes("replace") ? "replace" : op;
}

/** What is planned for each resource, a replacement once. */
function plannedSteps(steps: readonly ResourceStep[]): ResourceStep[] {
  const planned = new Map<string, ResourceStep>();
  for (const step of steps.filter(({ op }) => !SAME.has(op))) {
    const op = inOneWord(step.op);
    const key = `${step.resource} ${op}`;
    const differences = [...new Set([...(planned.get(key)?.differences ?? []), ...step.differences])];
    planned.set(key, { ...step, op, differences });
  }
  return [...planned.values()];
}

function drifted({ resource, differences }: ResourceStep): string[] {
  const own = differences.filter((name) => name !== "differences" || differences.length === 1);
  return resource.startsWith("Migrations ") ? own.filter((name) => !LEDGER.test(name)) : own;
}

/** Resources the program declares otherwise than they were deployed: configuration or code that waits for an `up`. */
export function configurationFindings(view: ResourceView): Finding[] {
  const { steps, recorded } = view;
  const readerChanged = resourceChanges(view).some(({ resource }) => resource.startsWith("ReaderRole "));
  const live = new Map(steps.filter(({ op }) => op === "refresh").map((step) => [step.resource, step.differences]));
  const planned = plannedSteps(steps);
  return planned.flatMap((step): Finding[] => {
    const known = new Set(live.get(step.resource) ?? []);
    const ofOthers = (name: string): boolean =>
      DERIVED.has(name) || isLedger(step.resource, name) || (readerChanged && isReaderHandedOff(step.resource, name));
    const own = step.differences.filter((name) => !known.has(name) && !ofOthers(name));
    // What was changed outside is the layer `resources`' to report.
    if (own.length === 0 && (step.op === "update" || known.size > 0)) return [];
    // What is missing is made again: the layer `resources` reports it.
    if (step.op === "create" && recorded.includes(step.resource)) return [];
    if (step.op === "delete" && planned.some(({ op, resource }) => op === "create" && resource === step.resource))
      return [];
    return [
      {
        id: findingId("configuration", step.resource),
        layer: "configuration",
        severity: "medium",
        object: step.resource,
        expected: own.length > 0 ? `deployed as declared: ${own.join(", ")}` : "deployed as declared",
        found: step.op === "update" ? "deployed with other values" : `up would ${step.op} it`,
        repair: {
          how: "up",
          safe: step.op === "update",
          advice: ["npm run up deploys what is declared.", lossOf(step) ?? []].flat().join(" "),
        },
      },
    ];
  });
}

/** Protection that was given or taken in the state alone, as `pulumi state unprotect` does; no comparison of the engine shows it. */
export function protectionFindings({ protection }: ResourceView): Finding[] {
  return protection.map(({ resource, isProtected }): Finding => {
    const [expected, found] = isProtected ? ["no protection", "protected"] : ["protected", "no protection"];
    return {
      id: findingId("configuration", `protection of ${resource}`),
      layer: "configuration",
      severity: "medium",
      object: resource,
      expected: `${expected}, as deployed`,
      found: `${found} in the state`,
      repair: { how: "up", safe: true, advice: "npm run up puts it back as declared." },
    };
  });
}

/** A reader that is to be repaired may get another password, and then what is handed off of it is written again. */
function isReaderHandedOff(resource: string, name: string): boolean {
  return resource.startsWith("HandOff ") && /^reader\b/.test(name);
}

function isLedger(resource: string, name: string): boolean {
  return resource.startsWith("Migrations ") && LEDGER.test(name);
}
