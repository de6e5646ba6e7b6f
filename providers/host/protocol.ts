import type grpc from "@grpc/grpc-js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type { Call, CheckFailure, Definition } from "./kind.ts";
import { toServiceError } from "./service-error.ts";

/** What the handlers of one provider process share. */
export interface ProviderSession<Config> {
  definition: Definition<Config>;
  /** Makes what an operation on `urn` receives; throws when the provider is not configured. */
  call(urn: string, timeoutSeconds: number): Call<Config>;
  /** The configuration, or undefined before the engine has handed it over (or while parts of it are unknown). */
  config: Config | undefined;
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
