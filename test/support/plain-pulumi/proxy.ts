import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A proxy on loopback that lets connections through to the package registry, and notes all others. */
export interface RegistryProxy {
  /** Variables that send the HTTP of a process through it. */
  readonly env: Readonly<Record<string, string>>;
  /** `host:port` of every connection it was asked for and refused. */
  readonly refused: readonly string[];
  close(): void;
}

/** Starts the proxy for the registry that npm is set up with. */
export async function startRegistryProxy(): Promise<RegistryProxy> {
  const registry = new URL(execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim()).host;
  const allowed = registry.includes(":") ? registry : `${registry}:443`;
  const refused: string[] = [];
  const open = new Set<Socket>();
  const server = createServer((request, response) => {
    refused.push(String(request.url));
    response.writeHead(403).end();
  });
  server.on("connection", (socket) => track(open, socket));
  server.on("connect", (request, client: Socket, head: Buffer) => {
    if (request.url !== allowed) {
      refused.push(String(request.url));
      client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
      return;
    }
    const { hostname, port } = new URL(`https://${allowed}`);
    const upstream = connect(Number(port || 443), hostname, () => {
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    track(open, upstream);
    upstream.on("error", () => client.destroy());
    client.on("error", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: variables(url),
    refused,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** No NO_PROXY: what is on this machine has to be known for it without. */
function variables(url: string): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
  return { ...Object.fromEntries(names.map((name) => [name, url])), no_proxy: "", NO_PROXY: "", no_grpc_proxy: "" };
}

function track(open: Set<Socket>, socket: Socket): void {
  open.add(socket);
  socket.on("close", () => open.delete(socket));
}
