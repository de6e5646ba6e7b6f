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

/**
 * The program of a pull request's preview: the stamp, then the environment in its own project, branch or database.
 * @param home the database, or the project that is branched
 */
export function previewProgram(stamp: Stamp, home?: ProjectLogin | Promise<ProjectLogin>): PulumiFn {
  return async (): Promise<Outputs> => {
    new PullRequest(stamp);
    const outputs = await declare(stamp, await home);
    return { ...outputs, expiresAt: stamp.expiresAt, isolation: stamp.isolation };
  };
}

function declare(stamp: Stamp, home: ProjectLogin | undefined): Promise<Outputs> {
  if (!home) return environmentProgram(application);
  if (stamp.isolation === "database") return Promise.resolve(databaseProgram(application, home));
  const { number, expiresAt } = stamp;
  return environmentProgram(application, { parentProjectRef: home.ref, name: stackOf(number), expiresAt });
}
