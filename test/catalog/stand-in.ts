import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A port of 127.0.0.1 that answers as a database or a network in trouble does. */
export interface StandIn {
  readonly port: number;
  stop(): Promise<void>;
}

/** What is sent for a start-up message; undefined ends the connection instead. */
type Reply = (() => Buffer) | undefined;

const SSL_REQUEST = 80_877_103;

/** Answers every start-up message with the same bytes. It has no TLS, and says so. */
export async function answering(reply: Reply): Promise<StandIn> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      if (chunk.length === 8 && chunk.readUInt32BE(4) === SSL_REQUEST) socket.write("N");
      else if (reply) socket.write(reply());
      else socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** The log-in succeeds without a password. */
export function welcome(): Buffer {
  const [ok, ready] = [Buffer.from("R\0\0\0\x08\0\0\0\0", "latin1"), Buffer.from("Z\0\0\0\x05I", "latin1")];
  return Buffer.concat([ok, ready]);
}

const LISTENER = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  console.log(this.address().port);
})`;

/** Drops every SYN: a stopped process whose queue of connections is full. */
export async function droppingSyn(): Promise<StandIn> {
  const child: ChildProcess = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = child.stdout ? await once(child.stdout, "data") : [];
  const port = Number(String(line));
  child.kill("SIGSTOP");
  const waiting = Array.from({ length: 6 }, () => connect(port, "127.0.0.1").on("error", () => undefined));
  return {
    port,
    async stop() {
      for (const socket of waiting) socket.destroy();
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}
