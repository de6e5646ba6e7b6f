import grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import pluginProto from "@pulumi/pulumi/proto/plugin_pb.js";
import providerService from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { contextFor } from "./context.ts";
import { secretsOf } from "./declaration.ts";
import type { Definition, Properties } from "./kind.ts";
import { lifecycle } from "./lifecycle.ts";
import { packageSchema } from "./package-schema.ts";
import { decode, encode } from "./properties.ts";
import { addFailures, Operation, type ProviderSession, unary } from "./protocol.ts";
import { shownFailure } from "./refusal.ts";

// Pulumi raises gRPC's default of 4 MB to this; source: sdk/nodejs/runtime/settings.ts (maxRPCMessageSize).
const MAX_MESSAGE_BYTES = 1024 * 1024 * 400;
const PARENT_POLL_MS = 1000;

/**
 * Serves a provider to the engine that started this process, on a loopback port printed to stdout, as the engine's
 * plugin protocol wants it. Exits when the engine is gone, so that a killed `up` leaves no process behind.
 */
export function serve<Config>(definition: Definition<Config>, argv: readonly string[]): void {
  const engine = new EngineLine(argv);
  const session: ProviderSession<Config> = {
    definition,
    config: undefined,
    operation: new Operation(),
    call(urn, timeoutSeconds) {
      if (session.config === undefined) throw new Error(`provider ${definition.name} is not configured`);
      const context = contextFor({ engine: engine.client, urn, signal: session.operation.cancelled.signal });
      return { urn, config: session.config, context, timeoutSeconds, notes: session.operation.notes };
    },
  };
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
  });
  server.addService(providerService.ResourceProviderService, handlers({ session, engine }));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
  exitWithParent();
}

interface Served<Config> {
  readonly session: ProviderSession<Config>;
  readonly engine: EngineLine;
}

function handlers<Config>({ session, engine }: Served<Config>): grpc.UntypedServiceImplementation {
  const { definition } = session;
  return {
    ...lifecycle(session),
    ...configuration(session),
    // A provider that was started by hand, under a debugger: PULUMI_DEBUG_PROVIDERS=NAME:PORT makes the engine use it.
    attach: unary(async (request: pluginProto.PluginAttach) => {
      engine.connect(request.getAddress());
      session.operation = new Operation();
      return new empty.Empty();
    }),
    getPluginInfo: unary(async () => new pluginProto.PluginInfo().setVersion(definition.version)),
    getSchema: unary(async () => new proto.GetSchemaResponse().setSchema(JSON.stringify(packageSchema(definition)))),
    invoke: unary(async (request: proto.InvokeRequest) => {
      const found = definition.functions.find(({ declaration }) => declaration.token === request.getTok());
      if (!found) throw new Error(`provider ${definition.name} has no function ${request.getTok()}`);
      const outputs = await found.invoke(session.call("", 0), decode(request.getArgs()).values);
      return new proto.InvokeResponse().setReturn(encode(outputs, secretsOf(found.declaration.outputs.shape)));
    }),
    cancel: unary(async () => {
      session.operation.cancelled.abort(new Error("cancelled by the user"));
      return new empty.Empty();
    }),
  };
}

/** The provider's own configuration. */
function configuration<Config>(session: ProviderSession<Config>): grpc.UntypedServiceImplementation {
  const { definition } = session;
  const configSecrets = secretsOf(definition.configuration.shape);
  return {
    checkConfig: unary(async (request: proto.CheckRequest) => {
      const news = decode(request.getNews());
      const response = new proto.CheckResponse().setInputs(encode(news.values, [...news.secrets, ...configSecrets]));
      if (news.unknowns.size > 0) return response;
      const secrets = new Set([...news.secrets, ...configSecrets]);
      const { failures } = definition.parseConfig(news.values);
      addFailures(
        response,
        failures.map((failure) => shownFailure(failure, news.values, secrets)),
      );
      return response;
    }),
    diffConfig: unary(async (request: proto.DiffRequest) => {
      const same =
        JSON.stringify(decode(request.getOlds()).values) === JSON.stringify(decode(request.getNews()).values);
      return new proto.DiffResponse().setChanges(same ? 1 : 2);
    }),
    configure: unary(async (request: proto.ConfigureRequest) => {
      const args = decode(request.getArgs());
      session.config = args.unknowns.size > 0 ? undefined : parseConfig(definition, args.values);
      return new proto.ConfigureResponse()
        .setAcceptsecrets(true)
        .setSupportspreview(true)
        .setAcceptoutputs(false)
        .setAcceptresources(false);
    }),
  };
}

function parseConfig<Config>(definition: Definition<Config>, values: Properties): Config {
  const parsed = definition.parseConfig(values);
  if (parsed.config !== undefined && parsed.failures.length === 0) return parsed.config;
  const reasons = parsed.failures.map(({ property, reason }) => `${definition.name}:${property}: ${reason}`);
  throw new Error(`provider ${definition.name} is not configured: ${reasons.join("; ")}`);
}

/** Where the engine listens: named on the command line, or by the engine that attached. */
class EngineLine {
  client: EngineClient | undefined;

  constructor(argv: readonly string[]) {
    const address = argv.find((arg) => /^[^-].*:\d+$/.test(arg));
    if (address) this.connect(address);
  }

  connect(address: string): void {
    this.client = new EngineClient(address, grpc.credentials.createInsecure(), {
      // The engine is on this machine: a proxy of the environment leads away from it.
      "grpc.enable_http_proxy": 0,
    });
  }
}

function exitWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, PARENT_POLL_MS).unref();
}
