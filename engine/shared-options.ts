import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import type { OperationOptions } from "./result.ts";

/** What every operation hands to the Automation API. */
export interface SharedOptions {
  readonly color: "never";
  readonly onEvent: (event: EngineEvent) => void;
  readonly debug: boolean | undefined;
  readonly logVerbosity: number | undefined;
  readonly target?: string[];
}

/** The resources that are to be replaced, where any are. */
export function replacing({ replace }: OperationOptions): { replace?: string[] } {
  return replace ? { replace: [...replace] } : {};
}
