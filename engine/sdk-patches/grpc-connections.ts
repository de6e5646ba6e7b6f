import { createRequire } from "node:module";

const load = createRequire(import.meta.url);
// Not declared in the SDK's types: what @pulumi/pulumi opens every connection of a program to its engine with.
const { grpcClientOptions } = load("@pulumi/pulumi/runtime/settings.js") as {
  grpcClientOptions: Record<string, unknown>;
};

/**
 * Gives each program a connection of its own to its engine, and never one through a proxy. Otherwise all programs of a process share connections by
 * address, and an engine that is given the port of an earlier one is taken for it: where something still knocks at the
 * earlier one, the first call fails with "14 UNAVAILABLE: No connection established. Last error: null".
 */
export function separateConnections(): void {
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  // The engine is on this machine. A proxy of the environment, which gRPC would take, leads away from it.
  grpcClientOptions["grpc.enable_http_proxy"] = 0;
}
