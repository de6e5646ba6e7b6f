import { ComponentResource } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import { application } from "../../db/application.ts";
import { databaseProgram, environmentProgram, type Outputs } from "../../environment/program.ts";
import type { ProjectLogin } from "../session/login.ts";
import { stackOf } from "../session/stack-names.ts";
import { type Stamp, stampType } from "./stamp.ts";

/** Carries the stamp. Registered before anything else, so that an interrupted `up` has left it in the state. */
class PullRequest extends ComponentResource {
  constructor(stamp: Stamp) {
    super(stampType, stackOf(stamp.number), {}, {});
    this.registerOutputs({ ...stamp });
  }
}

/** What the program of a preview is made from. */
export interface PreviewDeclaration {
  readonly stamp: Stamp;
  /** The database, or the project that is branched. */
  readonly home?: ProjectLogin | Promise<ProjectLogin> | undefined;
  /** Names for what is made. A project that is there keeps the name it has. */
  readonly names: { readonly project?: string; readonly branch: string };
}

/** The program of a pull request's preview: the stamp, then the environment in its own project, branch or database. */
export function previewProgram({ stamp, home, names }: PreviewDeclaration): PulumiFn {
  return async (): Promise<Outputs> => {
    new PullRequest(stamp);
    const outputs = await declare({ stamp, names, home: await home });
    return { ...outputs, expiresAt: stamp.expiresAt, isolation: stamp.isolation };
  };
}

function declare(given: PreviewDeclaration & { readonly home: ProjectLogin | undefined }): Promise<Outputs> {
  const { stamp, home, names } = given;
  if (!home) return environmentProgram(application, { initialName: names.project });
  if (stamp.isolation === "database") return Promise.resolve(databaseProgram(application, home));
  const { expiresAt } = stamp;
  return environmentProgram(application, { branch: { parentProjectRef: home.ref, name: names.branch, expiresAt } });
}
