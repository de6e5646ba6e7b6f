import { BlockList, createServer, connect as openSocket, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { watchBackendKey } from "./backend-key.ts";
import { openServer, type ServerAddress } from "./server-side.ts";
import { type FirstPacket, readFirstPacket, writeFatal, writeStartup } from "./startup-message.ts";

/** Where a connection for a project goes and who may have it, or why it cannot. */
export type Route = (ServerAddress & { allowed: string[] }) | { refused: string };

/** Looks up the project of `user.ref`; undefined when there is no such project. */
export type Router = (ref: string) => Route | undefined;

/** A listening pooler. */
export interface SharedPooler {
  close(): Promise<void>;
}

/** Time a client has for its first packets, in milliseconds; Postgres' own authentication_timeout. */
const START_TIMEOUT_MS = 60_000;

/**
 * A relay in the place of Supavisor's session mode: reads the startup packet, takes the project out of `user.ref`,
 * and passes everything else through, so that SCRAM runs between client and database.
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
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve({ socket, secure, cancellations, route: options.route });
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

interface Client {
  socket: Socket;
  secure: SecureContext;
  cancellations: Map<string, { host: string; port: number }>;
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

function relay(options: Client & { packet: FirstPacket & { kind: "startup" }; rest: Buffer }): void {
  const { socket, packet } = options;
  const user = packet.parameters.get("user") ?? "";
  const dot = user.lastIndexOf(".");
  // Word and code of Supavisor for a tenant it does not know.
  const unknown = { refused: "Tenant or user not found" };
  const route = (dot > 0 ? options.route(user.slice(dot + 1)) : undefined) ?? unknown;
  const refused = refusal(route, socket);
  if ("refused" in route || refused) {
    fail(socket, { sqlstate: "XX000", message: refused ?? "" });
    return;
  }
  packet.parameters.set("user", user.slice(0, dot));
  // Supavisor does not pass `options` on (supavisor#206); so nothing here may come to rely on it.
  packet.parameters.delete("options");
  join({ ...options, target: route, opening: Buffer.concat([writeStartup(packet), options.rest]) });
}

/** Why a route does not serve a client, in Supavisor's words; undefined when it does. */
function refusal(route: Route, socket: Socket): string | undefined {
  if ("refused" in route) return route.refused;
  if (route.tls && !(socket instanceof TLSSocket)) return "SSL connection is required";
  const ranges = new BlockList();
  for (const range of route.allowed) {
    const [address = "", length = ""] = range.split("/");
    ranges.addSubnet(address, Number(length));
  }
  const from = socket.remoteAddress ?? "";
  return ranges.check(from) ? undefined : `Address not in tenant allow_list: {${from.replaceAll(".", ", ")}}`;
}

/** Opens the server side, sends it what the client began with, and lets the two talk. */
function join(options: Client & { target: ServerAddress; opening: Buffer }): void {
  const { socket, target } = options;
  openServer(target).then(
    (server) => {
      if (socket.destroyed) server.destroy();
      else talk({ ...options, server });
    },
    (error: Error) => fail(socket, { sqlstate: "XX000", message: `database unreachable: ${error.message}` }),
  );
}

function talk(options: Client & { target: ServerAddress; opening: Buffer; server: Socket }): void {
  const { socket, target, cancellations, server } = options;
  let key: string | undefined;
  server.on("error", () => socket.destroy());
  server.write(options.opening);
  watchBackendKey(server, (found) => {
    key = found;
    cancellations.set(found, target);
  });
  socket.setTimeout(0);
  socket.pipe(server);
  server.pipe(socket);
  const end = () => {
    if (key) cancellations.delete(key);
    server.destroy();
    socket.destroy();
  };
  server.once("close", () => socket.end(end));
  socket.once("close", end);
}

/** A cancel request names a backend by number and secret only; the relay remembers where it saw that pair. */
function cancel(options: Client & { packet: FirstPacket & { kind: "cancel" } }): void {
  const target = options.cancellations.get(options.packet.key);
  if (!target) {
    options.socket.destroy();
    return;
  }
  const server = openSocket(target);
  server.on("error", () => options.socket.destroy());
  server.once("connect", () => server.write(options.packet.bytes));
  server.once("close", () => options.socket.destroy());
  server.resume();
}

function fail(socket: Socket, error: { sqlstate: string; message: string }): void {
  if (socket.destroyed) return;
  socket.end(writeFatal(error));
  socket.setTimeout(1_000, () => socket.destroy());
}

async function listen(server: Server, place: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: place.host, port: place.port }, () => resolve());
  });
}
