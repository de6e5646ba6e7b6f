import type { Cloud } from "../../engine/guard.ts";
import type { Isolation } from "./stamp.ts";

/** What `npm run pr` can do, each with the words that follow it. */
export const verbs = {
  up: ["NUMBER"],
  down: ["NUMBER"],
  adopt: ["NUMBER"],
  plan: ["NUMBER"],
  list: [],
  prune: [],
  resync: [],
} as const;
export type Verb = keyof typeof verbs;

/** What `npm run pr` is asked for, checked. */
export interface PreviewRequest {
  readonly verb: Verb;
  /** Of the pull request; 0 for verbs that take none. */
  readonly number: number;
  /** adopt: which project, branch or database. */
  readonly ref: string | undefined;
  readonly isolation: Isolation | undefined;
  readonly ttl: string | undefined;
  readonly base: string | undefined;
  readonly open: ReadonlySet<number> | undefined;
  readonly graceMs: number;
  readonly dryRun: boolean;
  /** down: by ref and token alone. */
  readonly forgetDatabase: boolean;
  readonly comment: boolean;
  readonly commentFile: string | undefined;
  readonly cloud: Cloud;
}
