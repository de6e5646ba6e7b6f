// Loaded before the SDK in the process of a program that the Pulumi CLI runs (Pulumi.yaml, nodeargs). The engine is on this
// machine, and gRPC would take a proxy of the environment to it: every call then fails with 14 UNAVAILABLE. The SDK registers
// the stack before it loads the program, so nothing in the program is early enough. Only gRPC reads this variable.
const { no_grpc_proxy, no_proxy } = process.env;
const engine = ["127.0.0.1", "localhost", "::1"];
process.env.no_grpc_proxy = [no_grpc_proxy ?? no_proxy ?? [], engine].flat().join(",");
