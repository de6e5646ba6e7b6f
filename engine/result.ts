/** How much an operation may log. */
export interface LogSettings {
  /** The engine's `--debug`. Default false. */
  readonly debug?: boolean | undefined;
  /** The engine's `-v`. Default 0; from 3 on the engine prints secrets in clear. */
  readonly verbosity?: number | undefined;
  /** Both `--show-secrets-in-logs` and `--yes-really` were given. Default false. */
  readonly secretsInLogsAccepted?: boolean | undefined;
}

/** What every operation takes. */
export interface OperationOptions extends LogSettings {
  /** Read the live state of every resource first. Default true for `up`, false otherwise. */
  readonly refresh?: boolean | undefined;
  /** URNs of resources to replace, changed or not. `up` and `preview` only. Default none. */
  readonly replace?: readonly string[] | undefined;
  /** End with an error when anything would change, or did. Default false. */
  readonly expectNoChanges?: boolean | undefined;
  /** Leave what an interrupted operation left as it is; for previews only. Default false. */
  readonly readOnly?: boolean | undefined;
  /** URNs of the only resources it is about. Default: all of the stack. */
  readonly targets?: readonly string[] | undefined;
}

/** What `up` takes. */
export interface UpOptions extends OperationOptions {
  /**
   * Resources, as `Project main`, that may be deleted or replaced although they hold data or a credential: what they hold
   * is lost. Default: none.
   */
  readonly lose?: readonly string[] | undefined;
  /**
   * What a refusal says about asking for a loss all the same, given the names as `lose` takes them. Default: `npm run up`
   * with `--lose`.
   */
  readonly howToLose?: ((names: string) => string) | undefined;
}

/** What an operation did, or would do. */
export interface OperationResult {
  readonly operation: "up" | "preview" | "refresh" | "destroy";
  readonly stack: string;
  /** Number of resources by operation: `{ create: 3, same: 2 }`. */
  readonly changes: Readonly<Record<string, number>>;
  /** Whether any resource is, or would be, anything but the same. */
  readonly changed: boolean;
  readonly steps: readonly FinishedStep[];
  readonly seconds: number;
}

/** A stack's outputs by name. */
export type StackOutputs = Record<string, { readonly value: unknown; readonly secret: boolean }>;

/** What the engine does, or would do, to one resource. */
export interface Step {
  /** What runs: `up`, `preview`, `refresh` or `destroy`. */
  readonly operation: OperationResult["operation"];
  /** The engine's word: create, update, delete, replace, read, refresh, import, same, ... */
  readonly op: string;
  readonly urn: string;
  /** As `supabase:index/project:Project`. */
  readonly type: string;
  readonly name: string;
  /** True while a preview runs: nothing is changed. */
  readonly planned: boolean;
  /** Names of the properties that differ. */
  readonly differences: readonly string[];
}

export interface FinishedStep extends Step {
  readonly seconds: number;
  readonly failed: boolean;
}
