import { connect, isIP } from "node:net";
import { type PeerCertificate, connect as secure } from "node:tls";

/** What a Postgres server shows on a TLS handshake. */
export interface Handshake {
  readonly protocol: string;
  readonly issuer: string;
  readonly validTo: Date;
  /** Whether this machine's authorities vouch for it; else the reason. */
  readonly trusted: true | string;
}

const TIMEOUT_MS = 8_000;
/** Postgres' SSLRequest: length 8, code 80877103; source: the protocol's message formats. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Asks a Postgres server for TLS and reads its certificate; undefined when it has no TLS. */
export function handshake(host: string, port: number): Promise<Handshake | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    socket.once("error", reject);
    socket.once("connect", () => socket.write(SSL_REQUEST));
    socket.once("data", (answer) => {
      if (answer.toString("latin1") !== "S") {
        socket.destroy();
        resolve(undefined);
        return;
      }
      // Looked at, not relied on: nothing is sent over this connection.
      const tls = secure({ socket, servername: isIP(host) ? "" : host, rejectUnauthorized: false }, () => {
        const certificate = tls.getPeerCertificate();
        resolve({
          protocol: tls.getProtocol() ?? "",
          issuer: issuerOf(certificate),
          validTo: new Date(certificate.valid_to),
          trusted: tls.authorized || String(tls.authorizationError),
        });
        tls.destroy();
      });
      tls.once("error", reject);
    });
  });
}

function issuerOf({ issuer }: PeerCertificate): string {
  const name = issuer?.CN ?? issuer?.O;
  return [name ?? "no one named"].flat().join(", ");
}
