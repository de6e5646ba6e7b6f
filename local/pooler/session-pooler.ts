import { BlockList, createServer, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { createLimits } from "./limits.ts";
import { type Answer, LONGEST_STARTUP, refusals } from "./refusals.ts";
import { type Admitted, type Connected, cancel, fail, join, type Open } from "./relay.ts";
import { type FirstPacket, readFirstPacket, writeStartup } from "./startup-message.ts";
import { upstreamParameters, whom } from "./upstream.ts";

/** The same, or why it cannot. */
export type Route = Open | { refused: string };

/** Looks up the project of `user.ref`; undefined when there is no such project. */
export type Router = (ref: string) => Route | undefined;

/** A listening pooler. */
export interface SharedPooler {
  close(): Promise<void>;
}

/** Time a client has for its first packets, in milliseconds; Postgres' own authentication_timeout. */
const START_TIMEOUT_MS = 60_000;

/**
 * A relay in the place of Supavisor: reads the startup packet, takes the project out of `user.ref`, drops, limits and
 * refuses what Supavisor does, and passes everything else through, so that SCRAM runs between client and database.
 */
export async function listenShared(options: {
  host: string;
  port: number;
  certificate: { cert: string; key: string };
  route: Router;
}): Promise<SharedPooler> {
  const secure = createSecureContext(options.certificate);
  const sockets = new Set<Socket>();
  const cancellations = new Map<string, { host: string; port: number }>();
  const limits = createLimits();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve({ socket, secure, cancellations, limits, route: options.route });
  });
  await listen(server, options);
  return {
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Client extends Connected {
  secure: SecureContext;
  route: Router;
}

function serve(connection: Client): void {
  const { socket } = connection;
  let received: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.setTimeout(START_TIMEOUT_MS, () => socket.destroy());
  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    try {
      const first = readFirstPacket(received);
      if (!first) return;
      socket.off("data", onData);
      socket.pause();
      if (first.packet.kind === "startup" && first.length > LONGEST_STARTUP) {
        return fail(socket, refusals.tooLarge(first.length));
      }
      answer({ ...connection, packet: first.packet, rest: received.subarray(first.length) });
    } catch (error) {
      fail(socket, { sqlstate: "08P01", message: error instanceof Error ? error.message : String(error) });
    }
  };
  socket.on("data", onData);
  socket.resume();
}

function answer(options: Client & { packet: FirstPacket; rest: Buffer }): void {
  const { socket, packet } = options;
  if (packet.kind === "gss") {
    socket.write("N");
    serve(options);
  } else if (packet.kind === "ssl") {
    encrypt(options);
  } else if (packet.kind === "cancel") {
    cancel({ ...options, packet });
  } else {
    relay({ ...options, packet });
  }
}

/** What came before the handshake cannot be trusted (CVE-2021-23222), so the client must have sent nothing more. */
function encrypt(options: Client & { rest: Buffer }): void {
  const { socket } = options;
  if (options.rest.length > 0 || socket instanceof TLSSocket) {
    fail(socket, { sqlstate: "08P01", message: "received unencrypted data after SSL request" });
    return;
  }
  socket.write("S");
  socket.setTimeout(0);
  serve({ ...options, socket: new TLSSocket(socket, { isServer: true, secureContext: options.secure }) });
}

/** A client that has said who it is. */
type Starting = Client & { packet: FirstPacket & { kind: "startup" }; rest: Buffer };

function relay(options: Starting): void {
  const admitted = admit(options);
  if ("sqlstate" in admitted) fail(options.socket, admitted);
  else join({ ...options, ...admitted });
}

/** Whether a client may have its connection, in the order of Supavisor's checks: TLS, address, places, wrong passwords. */
function admit(options: Starting): Admitted | Answer {
  const { socket, packet, limits } = options;
  const { role, ref, given } = whom(packet.parameters);
  if (!ref) return refusals.noIdentifier();
  const target = options.route(ref);
  if (!target) return refusals.notFound(given);
  if ("refused" in target) return { sqlstate: "XX000", message: target.refused };
  const refused = refusal({ route: target, socket, given });
  if (refused) return refused;
  const parameters = upstreamParameters(packet.parameters, role);
  const pool = [ref, role, parameters.get("database"), parameters.get("search_path")].join("\0");
  const leave = target.poolSize === undefined ? () => undefined : limits.enter(pool, target.poolSize);
  if (!leave) return refusals.full(target.poolSize ?? 0);
  socket.once("close", leave);
  if (limits.isBlocked(ref, socket.remoteAddress ?? "")) return refusals.blocked();
  const opening = Buffer.concat([writeStartup({ version: packet.version, parameters }), options.rest]);
  return { target, opening, role, ref };
}

/** Why a route does not serve a client that comes as it does; undefined when it does. */
function refusal(options: { route: Open; socket: Socket; given: string }): Answer | undefined {
  const { route, socket, given } = options;
  if (route.tls && !(socket instanceof TLSSocket)) return refusals.needsTls(given);
  const ranges = new BlockList();
  for (const range of route.allowed) {
    const [address = "", length = ""] = range.split("/");
    ranges.addSubnet(address, Number(length));
  }
  const from = socket.remoteAddress ?? "";
  return ranges.check(from) ? undefined : refusals.address(from);
}

async function listen(server: Server, place: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: place.host, port: place.port }, () => resolve());
  });
}
