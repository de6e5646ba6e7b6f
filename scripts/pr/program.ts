import { ComponentResource, type Input } from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";
import program, { databaseProgram } from "../../index.ts";
import type { DatabaseLogin } from "./database/login.ts";
import { stackOf } from "./name.ts";
import { type Stamp, stampType } from "./stamp.ts";

/** Carries the stamp. Registered before anything else, so that an interrupted `up` has left it in the state. */
class PullRequest extends ComponentResource {
  constructor(stamp: Stamp) {
    super(stampType, stackOf(stamp.number), {}, {});
    this.registerOutputs({ ...stamp });
  }
}

/** The program of a pull request's preview: the stamp, then the environment in its own project or database. */
export function previewProgram(stamp: Stamp, database: DatabaseLogin | undefined): PulumiFn {
  return async (): Promise<Record<string, Input<unknown>>> => {
    new PullRequest(stamp);
    const outputs = database ? databaseProgram(database) : await program();
    return { ...outputs, expiresAt: stamp.expiresAt, isolation: stamp.isolation };
  };
}
