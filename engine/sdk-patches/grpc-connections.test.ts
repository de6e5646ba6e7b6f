import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, test, vi } from "vitest";
import { separateConnections } from "./grpc-connections.ts";

const load = createRequire(import.meta.url);
const { grpcClientOptions } = load("@pulumi/pulumi/runtime/settings.js");
const { EngineClient, EngineService } = load("@pulumi/pulumi/proto/engine_grpc_pb.js");
const { GetRootResourceRequest, GetRootResourceResponse } = load("@pulumi/pulumi/proto/engine_pb.js");

/** What a program learns that asks the engine at a port. */
function ask(port: number): Promise<string> {
  const client = new EngineClient(`127.0.0.1:${port}`, credentials.createInsecure(), grpcClientOptions);
  return new Promise((resolve) => {
    client.getRootResource(new GetRootResourceRequest(), (error: Error | null) =>
      resolve(error?.message ?? "answered"),
    );
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts something that answers as an engine does. */
async function startEngine(port: number): Promise<Server> {
  const engine = new Server();
  const answered = (_: unknown, answer: (error: null, response: unknown) => void) =>
    answer(null, new GetRootResourceResponse());
  const calls = Object.keys(EngineService).map((name) => [name, answered]);
  engine.addService(EngineService, Object.fromEntries(calls));
  await new Promise<void>((resolve, reject) => {
    const done = (error: Error | null) => (error ? reject(error) : resolve());
    engine.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), done);
  });
  return engine;
}

test("an engine at the port of an earlier one is not taken for it", async () => {
  separateConnections();
  const port = await freePort();
  expect(await ask(port)).toMatch(/ECONNREFUSED/);
  const engine = await startEngine(port);
  expect(await ask(port)).toBe("answered");
  engine.forceShutdown();
});

test("a proxy of the environment does not stand between a program and its engine", async () => {
  separateConnections();
  const port = await freePort();
  const engine = await startEngine(port);
  for (const name of ["grpc_proxy", "https_proxy", "http_proxy"]) vi.stubEnv(name, "http://127.0.0.1:1");
  const usual = grpcClientOptions["grpc.enable_http_proxy"];
  expect(await ask(port)).toBe("answered");
  delete grpcClientOptions["grpc.enable_http_proxy"];
  expect(await ask(port)).toMatch(/UNAVAILABLE/);
  grpcClientOptions["grpc.enable_http_proxy"] = usual;
  vi.unstubAllEnvs();
  engine.forceShutdown();
});
