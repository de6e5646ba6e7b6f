import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A forward proxy that only tunnels (CONNECT), as those of companies do for https. */
export interface HttpProxy {
  readonly host: string;
  /** `host:port` of every tunnel that was asked for. */
  readonly asked: string[];
  /** Credentials as the last client sent them, in the form of HTTP. */
  credentials(): string | undefined;
  close(): Promise<void>;
}

/** @param lead where a tunnel leads, or the status it is refused with */
export async function openHttpProxy(lead: (target: string) => URL | number): Promise<HttpProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let credentials: string | undefined;
  const server = createServer((_, response) => void response.writeHead(405).end());
  server.on("connection", (socket) => void sockets.add(socket));
  server.on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    credentials = request.headers["proxy-authorization"];
    const to = lead(request.url ?? "");
    if (typeof to === "number") return void socket.end(`HTTP/1.1 ${to} Refused\r\n\r\n`);
    const upstream = connect(Number(to.port), to.hostname, () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    sockets.add(upstream);
    for (const end of [upstream, socket]) end.on("error", () => void [upstream.destroy(), socket.destroy()]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    credentials: () => credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
