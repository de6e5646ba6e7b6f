import type grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { Call, CheckFailure, Definition, Properties } from "./kind.ts";
import { toServiceError } from "./service-error.ts";

/** What the handlers of one provider process share. */
export interface ProviderSession<Config> {
  definition: Definition<Config>;
  /** Makes what an operation on `urn` receives; throws when the provider is not configured. */
  call(urn: string, timeoutSeconds: number): Call<Config>;
  /** The configuration, or undefined before the engine has handed it over (or while parts of it are unknown). */
  config: Config | undefined;
  /** What this operation of the engine told so far. */
  operation: Operation;
}

/** One operation of the engine, such as an `up`. A provider process serves one, but for a provider under a debugger. */
export class Operation {
  /** What the program declares and what was recorded, by URN, as far as checks told. */
  readonly declared = new Map<string, Properties>();
  readonly recorded = new Map<string, Properties>();
  /** What kinds note for later calls of the same operation. */
  readonly notes = new Set<string>();
  /** Aborted when the user cancels it. */
  readonly cancelled = new AbortController();
}

/** Adapts an async function to a unary gRPC handler; whatever it throws becomes the engine's error. */
export function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toServiceError(error)),
    );
  };
}

/** Adds check failures to a response. */
export function addFailures(response: proto.CheckResponse, failures: readonly CheckFailure[]): void {
  for (const { property, reason } of failures) {
    response.addFailures(new proto.CheckFailure().setProperty(property).setReason(reason));
  }
}
