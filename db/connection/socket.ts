import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { coded } from "./errors.ts";

/** Where a session leads: a host and port, or the path of a Unix socket. */
export type Address = { readonly host: string; readonly port: number; readonly path?: string | undefined };

/** TLS as postgres.js takes it. */
export type Encryption = boolean | string | ConnectionOptions | null | undefined;

/** An address as messages name it. */
export function nameOf({ host, port, path }: Address): string {
  return path ?? `${host}:${port}`;
}

type Wanted = { ssl: Encryption; direct: boolean; seconds: number };

/**
 * A connection to an address, encrypted as wanted. The error is that of the socket, CONNECT_TIMEOUT, or CONNECTION_REFUSED
 * where the server has no TLS.
 * @param wanted `seconds` is how long it may take, 0 for no limit; `direct` begins TLS without asking first.
 */
export async function openSocket(address: Address, { ssl, direct, seconds }: Wanted): Promise<Socket> {
  const socket = address.path ? connect(address.path) : connect(address.port, address.host);
  const late = () => socket.destroy(coded("CONNECT_TIMEOUT", `connect CONNECT_TIMEOUT ${nameOf(address)}`));
  const timer = seconds > 0 ? setTimeout(late, seconds * 1000) : undefined;
  try {
    await once(socket, "connect");
    return ssl && !address.path ? await encrypt(socket, address, { ssl, direct }) : socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
/** Modes that encrypt and look at no certificate. */
const unverified = ["require", "prefer", "allow"];

async function encrypt(socket: Socket, address: Address, { ssl, direct }: Omit<Wanted, "seconds">): Promise<Socket> {
  if (!direct && !(await offersTls(socket, address))) {
    if (ssl === "prefer" || ssl === "allow") return socket;
    throw coded("CONNECTION_REFUSED", `The server at ${nameOf(address)} has no TLS, and sslmode asks for it.`);
  }
  const mode = typeof ssl === "object" ? { ...ssl } : { rejectUnauthorized: !unverified.includes(String(ssl)) };
  const secured = connectTls({
    socket,
    ...(isIP(address.host) ? {} : { servername: address.host }),
    ...(direct ? { ALPNProtocols: ["postgresql"] } : {}),
    ...mode,
  });
  const destroyed = (error: Error) => secured.destroy(error);
  socket.once("error", destroyed);
  await once(secured, "secureConnect");
  return secured;
}

async function offersTls(socket: Socket, address: Address): Promise<boolean> {
  socket.write(sslRequest);
  const closed = once(socket, "close").then(() => {
    throw coded("CONNECTION_CLOSED", `The connection to ${nameOf(address)} was closed while it asked for TLS.`);
  });
  const [answer] = (await Promise.race([once(socket, "data"), closed])) as [Buffer];
  closed.catch(() => {});
  return answer[0] === 83;
}
