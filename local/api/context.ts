import { timingSafeEqual } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import type { CloudContext } from "../context.ts";
import type { Lifecycle } from "../projects/lifecycle.ts";
import type { createRegister } from "../projects/register.ts";
import type { Organization, ProjectRecord } from "../state.ts";

/** One answered request. Never a body. */
export interface RequestLine {
  at: string;
  method: string;
  path: string;
  status: number;
  milliseconds: number;
}

/** How many requests a token may make in a minute; 0 for as many as it likes. Changed while the daemon runs. */
export interface RateLimit {
  perMinute: number;
}

/** A fault that was asked for while the daemon runs. It ends with the daemon. */
export interface AskedFault {
  /** Such as `POST /v1/projects/:ref/pause`. */
  operation: string;
  /** What the call is answered with, 400 to 599, or `reset`: the connection breaks. */
  status: number | "reset";
  /** How many calls it will still meet. */
  left: number;
  /** Whether the call takes effect before it is answered so. */
  after: boolean;
}

/** What the handlers of the Management API share. */
export interface ApiContext extends CloudContext {
  lifecycle: Lifecycle;
  /** Records a new project; `lifecycle.create` then builds it. */
  register: ReturnType<typeof createRegister>;
  /** The last requests, oldest first. */
  requests: RequestLine[];
  rateLimit: RateLimit;
  /** Faults that `npm run local -- fault` asked for, oldest first. */
  askedFaults: AskedFault[];
  /** Where requests and answers are recorded; undefined for not at all. */
  recordFolder: string | undefined;
  /** Token of `/_local`, known to the commands of the local cloud only. */
  adminToken: string;
}

/** What the middleware leaves for the handlers. */
export interface ApiEnv {
  Bindings: HttpBindings;
  Variables: {
    /** The organization the token belongs to. */
    organization: Organization;
    /** The project of `:ref`; only on routes below /v1/projects/:ref. */
    project: ProjectRecord;
  };
}

/** Compares in constant time, whatever the lengths. */
export function sameToken(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Ends the connection of a call without an answer. */
export function breakConnection(c: Context<ApiEnv>): Response {
  c.env.incoming.socket.destroy();
  return c.body(null);
}
