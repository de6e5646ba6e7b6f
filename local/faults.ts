/** Troubles a project asks for by a word in its name, so that clients can be tested against them. */
export interface Faults {
  /** `fault-slow-create` or `fault-slow-create-20s`: seconds in COMING_UP before anything happens (default 10). */
  slowCreateSeconds: number;
  /** `fault-init-failed`: ends in INIT_FAILED, without a database. */
  initFailed: boolean;
  /** `fault-stuck-coming-up`: stays in COMING_UP. */
  stuckComingUp: boolean;
  /** `fault-ready-before-usable`: says ACTIVE_HEALTHY some seconds before its database answers (default 3). */
  readyBeforeUsableSeconds: number;
  /** `fault-create-reset`: the project is made, but the connection breaks before the answer. */
  createReset: boolean;
}

/** Reads the faults out of a project's name. */
export function faultsOf(name: string): Faults {
  return {
    slowCreateSeconds: seconds(name, "fault-slow-create", 10),
    initFailed: name.includes("fault-init-failed"),
    stuckComingUp: name.includes("fault-stuck-coming-up"),
    readyBeforeUsableSeconds: seconds(name, "fault-ready-before-usable", 3),
    createReset: name.includes("fault-create-reset"),
  };
}

function seconds(name: string, word: string, otherwise: number): number {
  const found = new RegExp(`${word}(?:-(\\d{1,4})s)?`).exec(name);
  if (!found) return 0;
  return found[1] === undefined ? otherwise : Number(found[1]);
}
