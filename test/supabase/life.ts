import type { AnyKind, Typed } from "../../providers/host/kind.ts";
import type { ManagementAccess } from "../../providers/management/access.ts";
import { Driven } from "../support/driven.ts";
import type { Trial } from "./trial.ts";

/** A resource of the Management API. */
export class Life<State extends object> extends Driven<State, ManagementAccess> {
  /** @param options.endpoint of a front before the Management API */
  constructor(options: {
    kind: AnyKind<ManagementAccess> & Typed<State>;
    trial: Pick<Trial, "call" | "settings">;
    endpoint?: string;
  }) {
    const { kind, trial, endpoint } = options;
    super(kind, () => trial.call({ settings: { ...trial.settings(), ...(endpoint ? { endpoint } : {}) } }));
  }
}
