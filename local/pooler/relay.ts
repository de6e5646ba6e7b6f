import { connect as openSocket, type Socket } from "node:net";
import { type Refusal, relayGreeting } from "./greeting.ts";
import type { Limits } from "./limits.ts";
import { type Answer, refusals } from "./refusals.ts";
import { openServer, type ServerAddress } from "./server-side.ts";
import { type FirstPacket, writeFatal } from "./startup-message.ts";

/** A client, and what all clients of a pooler share. */
export interface Connected {
  socket: Socket;
  cancellations: Map<string, { host: string; port: number }>;
  limits: Limits;
}

/** Where a connection for a project goes and who may have it. */
export interface Open extends ServerAddress {
  allowed: string[];
  /** Most clients with one role, database and search_path; undefined where a session is shared by many. */
  poolSize?: number | undefined;
  /** Whether a role exists and may log in now. */
  mayLogIn(role: string): Promise<boolean>;
}

/** Where a client may go, and what the server side is opened with. */
export interface Admitted {
  target: Open;
  opening: Buffer;
  role: string;
  ref: string;
}

/** Opens the server side, sends it what the client began with, and lets the two talk. */
export function join(options: Connected & Admitted): void {
  const { socket, target } = options;
  openServer(target).then(
    (server) => {
      if (socket.destroyed) server.destroy();
      else talk({ ...options, server });
    },
    (error: Error) => fail(socket, refusals.unreachable(error.message)),
  );
}

function talk(options: Connected & Admitted & { server: Socket }): void {
  const { socket, target, cancellations, server } = options;
  let key: string | undefined;
  let refused = false;
  server.on("error", () => socket.destroy());
  server.write(options.opening);
  relayGreeting({
    server,
    client: socket,
    onKey: (found) => {
      key = found;
      cancellations.set(found, target);
    },
    onRefusal: (refusal) => {
      refused = true;
      return answerTo(options, refusal);
    },
  });
  socket.setTimeout(0);
  socket.pipe(server);
  const end = () => {
    if (key) cancellations.delete(key);
    server.destroy();
    socket.destroy();
  };
  server.once("close", () => refused || socket.end(end));
  socket.once("close", end);
}

/** Supavisor looks a role up before its password counts: for one that is not there, or may not log in, it answers itself. */
async function answerTo(options: Connected & Admitted, refusal: Refusal): Promise<Buffer> {
  const { target, role, ref, socket, limits } = options;
  if (!["28P01", "28000"].includes(refusal.sqlstate)) return refusal.bytes;
  const known = await target.mayLogIn(role).catch(() => true);
  if (!known) return writeFatal(refusals.noRole(role));
  if (refusal.sqlstate === "28P01") limits.failed(ref, socket.remoteAddress ?? "");
  return refusal.bytes;
}

/** A cancel request names a backend by number and secret only; the relay remembers where it saw that pair. */
export function cancel(options: Connected & { packet: FirstPacket & { kind: "cancel" } }): void {
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

/** Ends a connection with an error of the protocol. */
export function fail(socket: Socket, error: Answer): void {
  if (socket.destroyed) return;
  socket.end(writeFatal(error));
  socket.setTimeout(1_000, () => socket.destroy());
}
