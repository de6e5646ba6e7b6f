import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import type { Deployment } from "../../engine/backend.ts";
import { recordedIn } from "../previews/ownership.ts";
import { configOf, readStamp } from "../previews/stamp.ts";
import type { ProjectLogin } from "../session/login.ts";
import { stackOf } from "../session/stack-names.ts";
import { databaseShadow, projectShadow, type ShadowKind } from "./shadow.ts";

/** How the stack of a preview is opened, and what its database is compared with. */
export interface PreviewOpening {
  readonly program: PulumiFn;
  readonly config: Record<string, string>;
  readonly shadow: ShadowKind;
}

/** What the stack of a pull request's preview is opened with, as its state has it; undefined for any other stack. */
export function previewOpening(
  state: Deployment | undefined,
  login: () => Promise<ProjectLogin>,
): PreviewOpening | undefined {
  const stamp = readStamp(state);
  if (!stamp) return undefined;
  const program: PulumiFn = async () => {
    const { previewProgram } = await import("../previews/program.ts");
    const own = stamp.isolation === "project" ? undefined : await login();
    const parent = stamp.isolation === "branch" ? parentOf(state) : undefined;
    const home = own && parent !== undefined ? { ...own, ref: parent } : own;
    const names = { branch: recordedIn(state).branchName ?? stackOf(stamp.number) };
    return previewProgram({ stamp, home, names })();
  };
  const shadow = stamp.isolation === "database" ? databaseShadow : projectShadow;
  return { program, config: configOf(stamp), shadow };
}

/** Reference of the project a preview is a branch of. */
function parentOf(state: Deployment | undefined): string | undefined {
  const branch = state?.resources?.find(({ type }) => type.endsWith(":Branch"));
  const parent = branch?.outputs?.parentProjectRef;
  return typeof parent === "string" ? parent : undefined;
}
