import { isDeepStrictEqual } from "node:util";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { Change, Properties } from "./kind.ts";

const KINDS = {
  add: [proto.PropertyDiff.Kind.ADD, proto.PropertyDiff.Kind.ADD_REPLACE],
  delete: [proto.PropertyDiff.Kind.DELETE, proto.PropertyDiff.Kind.DELETE_REPLACE],
  update: [proto.PropertyDiff.Kind.UPDATE, proto.PropertyDiff.Kind.UPDATE_REPLACE],
} as const;

/** Changes as the engine wants them. */
export function diffResponse(changes: readonly Change[]): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse().setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
  // Natural names (a project's, a role's) admit one holder at a time, so what is replaced is deleted first.
  response.setDeletebeforereplace(true).setHasdetaileddiff(changes.length > 0);
  for (const { property, kind, replace } of changes) {
    const top = topOf(property);
    response.addDiffs(top);
    if (replace) response.addReplaces(top);
    response.getDetaileddiffMap().set(property, new proto.PropertyDiff().setKind(KINDS[kind][replace ? 1 : 0]));
  }
  return response;
}

/**
 * Names of inputs that make an object the one it is, and that changed outside: the program says what it said before, and
 * the object is elsewhere now. To delete it and make another would lose what it holds.
 */
export function movedOutside(changes: readonly Change[], news: Properties, recordedInputs: Properties): string[] {
  const names = changes.filter(({ replace }) => replace).map(({ property }) => topOf(property));
  return [...new Set(names)].filter(
    (name) => name in recordedInputs && isDeepStrictEqual(news[name], recordedInputs[name]),
  );
}

/** The same changes; what changed outside is no reason to replace. */
export function withoutOutsideMoves(changes: readonly Change[], moved: readonly string[]): Change[] {
  return changes.map((change) => (moved.includes(topOf(change.property)) ? { ...change, replace: false } : change));
}

/** What to do about an object that is elsewhere now. */
export function movedMessage(moved: readonly string[], olds: Properties, news: Properties): string {
  const each = moved.map((name) => `${name} is ${shown(olds[name])} now, and the program says ${shown(news[name])}`);
  return (
    `${each.join("; ")}. This changed outside, and nothing is deleted or made again for it. If it is meant, set the ` +
    "program to what is there now; else have it moved back, then run up again."
  );
}

function topOf(property: string): string {
  return property.split(/[.[]/)[0] ?? property;
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "not set");
}
