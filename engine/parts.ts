import type { PulumiFn, Stack } from "@pulumi/pulumi/automation/index.js";
import type { LocalBackend } from "./backend.ts";
import type { Progress } from "./events.ts";
import type { Cloud } from "./guard.ts";
import type { Engine } from "./resolve.ts";
import type { WatchedProgram } from "./sdk-patches/unfinished-program.ts";

/** What an opened stack is made of. */
export interface StackParts {
  readonly name: string;
  readonly project: string;
  readonly cloud: Cloud;
  readonly engine: Engine;
  readonly workDir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly programEnv: Readonly<Record<string, string>>;
  /** Values that never appear in any text this stack produces. */
  readonly secrets: readonly string[];
  readonly automation: Stack;
  readonly program: PulumiFn;
  /** The same program, as the engine runs it. */
  readonly watched: WatchedProgram;
  /** Only of local stacks. */
  readonly backend: LocalBackend | undefined;
  /** Whether opening it made it. */
  readonly isNew: boolean;
  /** Only where opening it made it, in the checkout: its settings file before, as the engine writes its salt there. */
  readonly settings?: { readonly path: string; readonly before: string | undefined } | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
}
