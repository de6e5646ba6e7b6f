import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chooseAddress, chooseNetwork } from "./network.ts";

let servers: Server[] = [];

afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

async function occupy(host: string, port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ host, port }, () => resolve()));
}

describe("addresses", () => {
  test("a network has a block of its own, with the real ports where the platform allows", async () => {
    const [a, b] = [await chooseNetwork(), await chooseNetwork()];
    if (process.platform !== "linux") return console.log("skipped: other loopback addresses than 127.0.0.1");
    expect(a.mode).toBe("addresses");
    expect(a.block).not.toBe(b.block);
    expect(a.pooler).toMatchObject({ sessionPort: 5432, transactionPort: 6543 });
  });

  test("a project gets neither the address of another nor one that somebody listens on", async () => {
    const network = await chooseNetwork();
    if (network.mode === "ports") return console.log("skipped: other loopback addresses than 127.0.0.1");
    const first = await chooseAddress({ network, taken: [] });
    await occupy(`${network.block}.11`, 5432);
    const next = await chooseAddress({ network, taken: [first] });
    expect(first).toEqual({
      host: `${network.block}.10`,
      port: 5432,
      pgbouncerPort: 6543,
      apiPort: 54321,
      authPort: 9999,
    });
    expect(next.host).toBe(`${network.block}.12`);
  });

  test("where there is one address only, projects differ by port", async () => {
    const pooler = { host: "127.0.0.1", sessionPort: 1, transactionPort: 2 };
    const network = {
      mode: "ports",
      reason: "",
      block: "127.0.0",
      api: { host: "127.0.0.1", port: 3 },
      pooler,
    } as const;
    const first = await chooseAddress({ network, taken: [] });
    expect(first.host).toBe("127.0.0.1");
    expect(first.port).toBeGreaterThan(1024);
    expect(first.pgbouncerPort).not.toBe(first.port);
  });
});
