import {
  type Action,
  type Delta,
  diff,
  encodeId,
  type FactBase,
  factMatches,
  type Plan,
  plan,
  type StableId,
} from "@supabase/pg-delta";
import { type Finding, findingId, type Repair, type Severity } from "../finding.ts";
import { isSpelling } from "./expression-spelling.ts";
import type { SchemaFacts } from "./schema-facts.ts";
import { describeDelta, objectName } from "./schema-names.ts";
import { leftOutById, schemaPolicy } from "./schema-policy.ts";

/** What resources of the stack own, and the layer `resources` therefore compares. */
export interface Owned {
  /** The foreign server of the catalog, and the schema of its tables, which the layer `catalog` compares. */
  readonly catalog: { readonly server: string; readonly schema: string } | undefined;
  /** The reader's group and its logins. */
  readonly readers: readonly string[];
  /** Extensions that are the platform's to make, to leave out and to raise; a migration's are not among them. */
  readonly platformExtensions: readonly string[];
}

/** A statement that lets everybody do something. */
const TO_EVERYBODY = /\bgrant\b[^;]*\bto\s+(?:[^;]*,\s*)?"?public"?\b/i;
const SEVERE = new Set(["acl", "policy", "role", "membership", "server", "eventTrigger", "table"]);
const SLIGHT = new Set(["comment", "index"]);

/** Differences between a live schema and the one its version makes; one finding for each object. */
export function compareSchemas(options: {
  readonly live: SchemaFacts;
  readonly expected: SchemaFacts;
  readonly owned: Owned;
}): Finding[] {
  const { live, expected, owned } = options;
  if (isPlainlyAlike(options)) return [];
  const policy = schemaPolicy(owned.readers);
  // Without compaction each statement belongs to one object.
  const shared = { policy, compact: false } as const;
  const reproduce = plan(expected.facts, live.facts, shared);
  const deltas = reproduce.deltas.filter((delta) => !isSpelling(delta));
  if (deltas.length === 0) return [];
  const repair = plan(live.facts, expected.facts, shared);
  const groups = withoutConsequences(groupDeltas(deltas)).filter(({ id, deltas }) =>
    isReported(id, deltas, { owned, sides: [live.facts, expected.facts] }),
  );
  const sides = { reproduce: byMember(reproduce), repair: byMember(repair) };
  return groups.map((group) => toFinding(group, sides));
}

/** Whether all that differs is left out by name: what a plan would find too, after ten times the work. */
function isPlainlyAlike({ live, expected, owned }: Parameters<typeof compareSchemas>[0]): boolean {
  const rules = leftOutById(owned.readers);
  const sides = [live.facts, expected.facts];
  return diff(expected.facts, live.facts).every((delta) => {
    const id = subject(delta);
    if (delta.verb === "set" && !isReported(id, [delta], { owned, sides })) return true;
    return rules.some(({ match }) => factMatches(match, { id, payload: {} }, live.facts));
  });
}

interface Group {
  /** The outermost object that came, went or changed. */
  readonly id: StableId;
  readonly deltas: Delta[];
  /** Every fact that came or went with it, itself included. */
  readonly members: Set<string>;
}

function subject(delta: Delta): StableId {
  if (delta.verb === "add" || delta.verb === "remove") return delta.fact.id;
  return delta.verb === "set" ? delta.id : delta.edge.from;
}

function groupDeltas(deltas: readonly Delta[]): Group[] {
  const parents = new Map<string, string>();
  const whole = new Map<string, StableId>();
  for (const delta of deltas) {
    if (delta.verb !== "add" && delta.verb !== "remove") continue;
    whole.set(encodeId(delta.fact.id), delta.fact.id);
    if (delta.fact.parent) parents.set(encodeId(delta.fact.id), encodeId(delta.fact.parent));
  }
  const groups = new Map<string, Group>();
  for (const delta of deltas) {
    const id = subject(delta);
    let root = encodeId(id);
    for (let up = parents.get(root); up !== undefined && whole.has(up); up = parents.get(root)) root = up;
    const group = groups.get(root) ?? { id: whole.get(root) ?? id, deltas: [], members: new Set([root]) };
    group.deltas.push(delta);
    group.members.add(encodeId(id));
    groups.set(root, group);
  }
  return [...groups.values()];
}

/** A role that came or went brings its memberships with it. */
function withoutConsequences(groups: readonly Group[]): Group[] {
  const roles = new Set(groups.flatMap(({ id }) => (id.kind === "role" ? [id.name] : [])));
  return groups.filter(({ id }) => id.kind !== "membership" || !(roles.has(id.role) || roles.has(id.member)));
}

function isReported(
  id: StableId,
  deltas: readonly Delta[],
  { owned, sides }: { owned: Owned; sides: readonly FactBase[] },
): boolean {
  const target = id.kind === "acl" || id.kind === "comment" ? id.target : id;
  const { server, schema } = owned.catalog ?? {};
  if (target.kind === "server" && target.name === server) return false;
  // A copy of the catalog creates it, outside of migrations. Where foreign tables need it, the layer `catalog` looks.
  if (target.kind === "extension" && [...owned.platformExtensions, "postgres_fdw"].includes(target.name)) return false;
  if (id.kind === "foreignTable" && id.schema === schema) return false;
  if (id.kind === "column" && id.schema === schema) {
    const table: StableId = { kind: "foreignTable", schema: id.schema, name: id.table };
    if (sides.some((facts) => facts.has(table))) return false;
  }
  // A dependency alone follows from another object that changed, and is reported there.
  return deltas.some((delta) => !("edge" in delta) || delta.edge.kind === "owner");
}

/** The actions of a plan by the objects they are about, in the order of the plan. */
interface Indexed {
  readonly actions: readonly Action[];
  readonly places: ReadonlyMap<string, readonly number[]>;
}

function byMember({ actions }: Plan): Indexed {
  const places = new Map<string, number[]>();
  for (const [index, { produces, destroys, consumes }] of actions.entries()) {
    const about = produces.length + destroys.length > 0 ? [...produces, ...destroys] : consumes;
    for (const member of new Set(about.map(encodeId))) {
      const known = places.get(member) ?? [];
      known.push(index);
      places.set(member, known);
    }
  }
  return { actions, places };
}

interface Sides {
  readonly reproduce: Indexed;
  readonly repair: Indexed;
}

function toFinding(group: Group, sides: Sides): Finding {
  const object = objectName(group.id);
  const own = group.deltas.filter((delta) => encodeId(subject(delta)) === encodeId(group.id));
  const { expected, found } = describeDelta(own.length > 0 ? own : group.deltas);
  const reproduce = statements(sides.reproduce, group);
  return {
    id: findingId("schema", object),
    layer: "schema",
    severity: severityOf(group.id),
    object,
    expected,
    found,
    ...(reproduce.length > 0 ? { reproduce: reproduce.map(({ sql }) => sql) } : {}),
    repair: repairOf(group, sides),
  };
}

function repairOf(group: Group, { repair }: Sides): Repair {
  const actions = statements(repair, group);
  if (actions.length === 0) {
    return {
      how: "hand",
      safe: false,
      advice: "Another finding's repair brings this back, or it has to be done by hand.",
    };
  }
  if (actions.some(({ sql }) => TO_EVERYBODY.test(sql))) {
    const advice = "It would grant to PUBLIC, which no repair does: do it by a migration, or by hand.";
    return { how: "hand", safe: false, advice };
  }
  const loses = actions.some(({ dataLoss }) => dataLoss === "destructive");
  const takes = actions.some(({ verb }) => verb === "drop");
  const advice = loses
    ? "Look first: it removes data. Keep it by writing a migration that creates it, or run this."
    : "Run this, or keep the change by writing a migration that makes it.";
  return { how: "sql", advice, sql: actions.map(({ sql }) => sql), safe: !loses && !takes };
}

/** The statements about the members of a group. */
function statements({ actions, places }: Indexed, { members }: Group): Action[] {
  const indexes = new Set([...members].flatMap((member) => places.get(member) ?? []));
  return [...indexes].sort((one, other) => one - other).flatMap((index) => actions[index] ?? []);
}

function severityOf(id: StableId): Severity {
  if (SEVERE.has(id.kind)) return "high";
  return SLIGHT.has(id.kind) ? "low" : "medium";
}
