/** Troubles a project asks for by a word in its name, so that clients can be tested against them. */
export interface Faults {
  /** `fault-slow-create` or `fault-slow-create-20s`: seconds in COMING_UP before anything happens (default 10). */
  slowCreateSeconds: number;
  /** `fault-init-failed`: ends in INIT_FAILED, without a database; with `-1x` only the first project of that name. */
  initFailed: number;
  /** `fault-stuck-coming-up`: stays in COMING_UP; with `-1x` only the first project of that name. */
  stuckComingUp: number;
  /** `fault-ready-before-usable`: says ACTIVE_HEALTHY some seconds before its database answers (default 3). */
  readyBeforeUsableSeconds: number;
  /** `fault-create-reset`: the project is made, but the connection breaks before the answer. */
  createReset: boolean;
  /** `fault-create-timeout`, `fault-create-timeout-5s`: the project is made, the answer comes late (default 60). */
  createTimeoutSeconds: number;
  /** Troubles of each operation on the project, also of its creation. */
  calls: CallFault[];
}

/** What happens to the first calls of each operation. */
interface CallFault {
  kind: CallFaultKind;
  /** How many calls of each operation it meets: `fault-429`, or `fault-429-3x` for three. */
  times: number;
}

/**
 * `429`, `500` and `reset` (the connection breaks) come before anything happens. `lost-answer` lets a call that
 * changes something take effect, and then breaks the connection.
 */
export const CALL_FAULTS = ["429", "500", "reset", "lost-answer"] as const;
export type CallFaultKind = (typeof CALL_FAULTS)[number];

/** Reads the faults out of a project's name. */
export function faultsOf(name: string): Faults {
  return {
    slowCreateSeconds: amount({ name, word: "fault-slow-create", unit: "s", otherwise: 10 }),
    initFailed: amount({ name, word: "fault-init-failed", unit: "x", otherwise: Number.POSITIVE_INFINITY }),
    stuckComingUp: amount({ name, word: "fault-stuck-coming-up", unit: "x", otherwise: Number.POSITIVE_INFINITY }),
    readyBeforeUsableSeconds: amount({ name, word: "fault-ready-before-usable", unit: "s", otherwise: 3 }),
    createReset: name.includes("fault-create-reset"),
    createTimeoutSeconds: amount({ name, word: "fault-create-timeout", unit: "s", otherwise: 60 }),
    calls: CALL_FAULTS.flatMap((kind) => {
      const times = amount({ name, word: `fault-${kind}`, unit: "x", otherwise: 1 });
      return times > 0 ? [{ kind, times }] : [];
    }),
  };
}

/** 0 where the word does not occur. */
function amount(options: { name: string; word: string; unit: "s" | "x"; otherwise: number }): number {
  const found = new RegExp(`${options.word}(?:-(\\d{1,4})${options.unit})?`).exec(options.name);
  if (!found) return 0;
  return found[1] === undefined ? options.otherwise : Number(found[1]);
}
