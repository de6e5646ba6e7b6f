// A small Node language host, for machines that have the engine alone: the engine starts it as pulumi-language-nodejs.
// It answers as Pulumi's own does what up, preview, install and plugins ask; code generation is not part of it.
import grpc from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/language_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/language_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { requiredPackages } from "./installed-packages.ts";
import { finished } from "./node-process.ts";
import { runPlugin, runProgram } from "./program.ts";

const [engineAddress = ""] = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
let engine = engineAddress;
const cancelled = new AbortController();

function unary<Request, Response>(
  handle: (request: Request) => Promise<Response>,
): grpc.handleUnaryCall<Request, Response> {
  return ({ request }, callback) => {
    handle(request).then(
      (response) => callback(null, response),
      (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: messageOf(error) }),
    );
  };
}

function streaming<Request, Response>(
  handle: (request: Request, write: (response: Response) => void, signal: AbortSignal) => Promise<void>,
): grpc.handleServerStreamingCall<Request, Response> {
  return (call) => {
    const gone = new AbortController();
    call.on("cancelled", () => gone.abort());
    handle(
      call.request,
      (response) => void call.write(response),
      AbortSignal.any([gone.signal, cancelled.signal]),
    ).then(
      () => call.end(),
      (error: unknown) => call.emit("error", { code: grpc.status.UNKNOWN, details: messageOf(error) }),
    );
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const handlers: grpc.UntypedServiceImplementation = {
  handshake: unary(async (request: proto.LanguageHandshakeRequest) => {
    engine = request.getEngineAddress();
    return new proto.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(async () => new pluginProto.PluginInfo().setVersion("0.0.0-test")),
  getRequiredPackages: unary(async (request: proto.GetRequiredPackagesRequest) => {
    const found = requiredPackages(request.getInfo()?.getProgramDirectory() ?? "");
    const packages = found.map(({ name, version, server }) =>
      new pluginProto.PackageDependency().setKind("resource").setName(name).setVersion(version).setServer(server),
    );
    return new proto.GetRequiredPackagesResponse().setPackagesList(packages);
  }),
  run: unary((request: proto.RunRequest) => runProgram({ request, engine, signal: cancelled.signal })),
  installDependencies: streaming<proto.InstallDependenciesRequest, proto.InstallDependenciesResponse>(
    async (request, write, signal) => {
      const cwd = request.getInfo()?.getProgramDirectory();
      const onOutput = (stream: "stdout" | "stderr", bytes: Buffer) => {
        const response = new proto.InstallDependenciesResponse();
        write(stream === "stdout" ? response.setStdout(bytes) : response.setStderr(bytes));
      };
      const code = await finished("npm", ["install", "--loglevel=error"], { cwd, signal, onOutput });
      if (code !== 0) throw new Error(`npm install in ${cwd} ended with code ${code}`);
    },
  ),
  runPlugin: streaming<proto.RunPluginRequest, proto.RunPluginResponse>(async (request, write, signal) => {
    const onOutput = (stream: "stdout" | "stderr", bytes: Buffer) => {
      const response = new proto.RunPluginResponse();
      write(stream === "stdout" ? response.setStdout(bytes) : response.setStderr(bytes));
    };
    const code = await runPlugin({ request, signal, onOutput });
    if (code !== 0) throw new Error(`Plugin exited with non-zero exit code: ${code}`);
  }),
  cancel: unary(async () => {
    cancelled.abort();
    return new empty.Empty();
  }),
};

const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
server.addService(services.LanguageRuntimeService as grpc.ServiceDefinition, handlers);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
// A killed engine leaves no process behind.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && process.exit(1), 1000).unref();
