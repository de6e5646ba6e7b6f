import { createRequire } from "node:module";
import type { PulumiFn } from "@pulumi/pulumi/automation/index.js";

type Callback = (error: Error | undefined, response?: unknown) => void;

// Not declared in the SDK's types.
interface Server {
  readonly program: PulumiFn;
  run(call: unknown, callback: Callback): unknown;
}

const load = createRequire(import.meta.url);
const { LanguageServer } = load("@pulumi/pulumi/automation/server.js") as { LanguageServer: { prototype: Server } };

const CUT_OFF =
  "the program was cut off from the engine before it could declare anything. Nothing was deleted; run the command again.";

/** Whether the last run of a program came to its end. */
const ended = new WeakMap<PulumiFn, boolean>();

/**
 * A program whose run ends well only where it came to its end. @pulumi/pulumi 3.248 takes one that loses a call to the engine
 * before its first line (gRPC codes 1 and 14) for one that ended well and declared nothing, and the engine then deletes
 * the whole stack.
 */
export function endedOrFailed(program: PulumiFn): PulumiFn {
  const watched: PulumiFn = async () => {
    const outputs = await program();
    ended.set(watched, true);
    return outputs;
  };
  ended.set(watched, false);
  return watched;
}

const run = LanguageServer.prototype.run;
LanguageServer.prototype.run = function (call, callback) {
  const { program } = this;
  if (ended.has(program)) ended.set(program, false);
  return run.call(this, call, (error, response) => {
    if (!error && ended.get(program) === false) callback(new Error(CUT_OFF));
    else callback(error, response);
  });
};
