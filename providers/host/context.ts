import type { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineProto from "@pulumi/pulumi/proto/engine_pb.js";

/** Messages to the user by way of the engine, and the signal that the operation was cancelled. */
export interface Context {
  /** Aborted when the user cancels (Ctrl-C) or the engine is gone. */
  signal: AbortSignal;
  /** A line about what is being waited for; shown while it lasts. */
  progress(message: string): void;
  /** A line that stays: what was done, or is about to be. */
  info(message: string): void;
  warn(message: string): void;
}

/** Makes a context for one operation on the resource `urn`. Messages are best effort: none may fail an operation. */
export function contextFor(options: { engine: EngineClient | undefined; urn: string; signal: AbortSignal }): Context {
  const send = (severity: 1 | 2, message: string, ephemeral: boolean): void => {
    const request = new engineProto.LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setUrn(options.urn);
    request.setEphemeral(ephemeral);
    options.engine?.log(request, () => {});
  };
  return {
    signal: options.signal,
    progress: (message) => send(engineProto.LogSeverity.INFO, message, true),
    info: (message) => send(engineProto.LogSeverity.INFO, message, false),
    warn: (message) => send(engineProto.LogSeverity.WARNING, message, false),
  };
}
