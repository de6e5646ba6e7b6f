import { connect, type Socket } from "node:net";
import { connect as secure } from "node:tls";

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** The way to a database or its PgBouncer. */
export interface ServerAddress {
  host: string;
  port: number;
  /** Ask for TLS: the server refuses plaintext. */
  tls: boolean;
  /** Address to come from, which the server's restrictions let in. */
  source: string;
}

/** Opens a connection to a server, with TLS where it is needed. Rejects when that fails. */
export async function openServer(target: ServerAddress): Promise<Socket> {
  const { host, port, source } = target;
  const plain = connect({ host, port, localAddress: source, noDelay: true });
  await new Promise<void>((resolve, reject) => {
    plain.once("connect", () => resolve()).once("error", reject);
  });
  return target.tls ? encrypt(plain) : plain;
}

async function encrypt(plain: Socket): Promise<Socket> {
  plain.write(SSL_REQUEST);
  const answer = await new Promise<string>((resolve, reject) => {
    plain.once("data", (bytes) => resolve(bytes.toString("latin1")));
    plain.once("error", reject).once("close", () => reject(new Error("the server closed the connection")));
  });
  if (answer !== "S") throw new Error("the server has no TLS");
  // Its certificate is of this cloud's own making, on a loopback address.
  const encrypted = secure({ socket: plain, rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => {
    encrypted.once("secureConnect", () => resolve()).once("error", reject);
  });
  return encrypted;
}
