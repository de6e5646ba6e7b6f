import type { Layer } from "../../../operations/drift/core/finding.ts";

/** The two environments that are changed. */
export type Where = "prod" | "preview";

/** SQL as role `postgres`; where `platform` is set, as the platform's superuser. */
export interface SqlChange {
  readonly sql: string;
  readonly platform?: true;
}

/** A request to the Management API; `{ref}` stands for the project's. */
export interface ApiChange {
  readonly method: "PATCH" | "PUT" | "POST" | "DELETE";
  /** Behind /v1/projects/{ref}. */
  readonly path: string;
  readonly body?: object;
}

/** A key of the stack's configuration and the value it gets, as if somebody had edited the file. */
interface ConfigChange {
  readonly config: Readonly<Record<string, string | number>>;
}

/** A file of the data folder that is overwritten. */
interface FileChange {
  readonly file: string;
  readonly content: string;
}

export type Change = SqlChange | ApiChange | ConfigChange | FileChange;

/** What the check has to say about a mutation. */
export interface Expected {
  readonly layer: Layer;
  readonly object: string;
  /** Default: the environment that was changed. */
  readonly on?: Where;
}

/** One change that somebody made behind the environment's back. */
export interface Mutation {
  /** Unique, as a person would tell it. */
  readonly name: string;
  readonly on: Where;
  readonly change: Change | readonly Change[];
  /** Every finding there is to be, and no other. */
  readonly finds: readonly Expected[];
  /** Layers that cannot be read because of it, which is an error and never "clean". */
  readonly unreachable?: readonly Layer[];
  /**
   * How it goes away: `up`; `repair`, the statements that the finding itself offers; or by hand, where neither can.
   */
  readonly back: "up" | "repair" | Change | readonly Change[];
  /** Cannot be made together with others: it hides them, or stops what they need. */
  readonly alone?: true;
  /** SQL that makes what is changed, before; it is gone again afterwards by `after`. */
  readonly before?: string;
  readonly after?: string;
}
