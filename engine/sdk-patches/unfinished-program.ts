import { createRequire } from "node:module";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";

type Callback = (error: Error | undefined, response?: unknown) => void;

/** What the engine asks for when it wants a program to be run. Not declared in the SDK's types. */
export interface LanguageRequest {
  getProject(): string;
  getStack(): string;
  getOrganization(): string;
  getDryrun(): boolean;
  getConfigMap(): { entries(): Iterable<[string, string]> };
  getConfigsecretkeysList(): string[];
}

// Not declared in the SDK's types.
interface Server {
  readonly program: PulumiFn;
  run(call: { readonly request: LanguageRequest }, callback: Callback): unknown;
}

const load = createRequire(import.meta.url);
const { LanguageServer } = load("@pulumi/pulumi/automation/server.js") as { LanguageServer: { prototype: Server } };

const CUT_OFF =
  "the program was cut off from the engine before it could declare anything. Nothing was deleted; run the command again.";

/** A program of this process, and who is asked before it declares anything in earnest. */
export interface WatchedProgram {
  readonly run: PulumiFn;
  /** Throws to end the operation before anything of it is done. Not asked in a preview. */
  admit: ((request: LanguageRequest) => Promise<void>) | undefined;
}

const watched = new WeakMap<PulumiFn, WatchedProgram & { ended: boolean }>();

/**
 * A program whose run ends well only where it came to its end. @pulumi/pulumi 3.248 takes one that loses a call to the engine
 * before its first line (gRPC codes 1 and 14) for one that ended well and declared nothing, and the engine then deletes
 * the whole stack.
 */
export function watchProgram(program: PulumiFn): WatchedProgram {
  const run: PulumiFn = async () => {
    const outputs = await program();
    one.ended = true;
    return outputs;
  };
  const one = { run, admit: undefined, ended: false };
  watched.set(run, one);
  return one;
}

/** Runs an operation whose program is let in by `admit`, whose error is then the operation's. */
export async function admitting<Result>(
  program: WatchedProgram,
  work: () => Promise<Result>,
  admit: (request: LanguageRequest) => Promise<void>,
): Promise<Result> {
  let refusal: unknown;
  program.admit = (request) =>
    admit(request).catch((error: unknown) => {
      refusal = error;
      throw error;
    });
  try {
    return await work();
  } catch (error) {
    throw refusal ?? error;
  } finally {
    program.admit = undefined;
  }
}

const run = LanguageServer.prototype.run;
LanguageServer.prototype.run = function (call, callback) {
  const one = watched.get(this.program);
  const start = () => {
    if (one) one.ended = false;
    return run.call(this, call, (error, response) => {
      if (!error && one?.ended === false) callback(new Error(CUT_OFF));
      else callback(error, response);
    });
  };
  if (!one?.admit || call.request.getDryrun()) return start();
  return one.admit(call.request).then(start, callback);
};
