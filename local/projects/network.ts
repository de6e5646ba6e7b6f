import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import type { Network, ProjectAddress } from "../state.ts";

/** Fixed inside a block of its own; the number Supabase's local stack uses for its API. */
const API_PORT = 54_321;
const POSTGRES_PORT = 5432;
const TRANSACTION_PORT = 6543;
/** What Auth takes where nothing is said, in its own examples. */
const AUTH_PORT = 9999;
/** Last bytes of a block: 1 the API, 2 the shared pooler, 10 to 254 projects. */
const FIRST_PROJECT = 10;
const LAST_PROJECT = 254;
const BLOCK_ATTEMPTS = 8;

/**
 * Finds a block 127.a.b.0/24 on which nothing listens. Random, so that clouds of other checkouts and users do not meet;
 * bound for real, so that a block in use, or a platform without such addresses, shows.
 */
export async function chooseNetwork(): Promise<Network> {
  let reason = "";
  for (let attempt = 0; attempt < BLOCK_ATTEMPTS; attempt++) {
    const block = `127.${randomInt(16, 250)}.${randomInt(1, 255)}`;
    const problems = await Promise.all([
      bindProblem(`${block}.1`, API_PORT),
      bindProblem(`${block}.2`, POSTGRES_PORT),
      bindProblem(`${block}.2`, TRANSACTION_PORT),
      bindProblem(`${block}.${FIRST_PROJECT}`, POSTGRES_PORT),
    ]);
    const problem = problems.find((found) => found !== undefined);
    if (!problem) return addresses(block);
    reason = problem;
    if (problem.startsWith("EADDRNOTAVAIL")) break;
  }
  return ports(`own loopback addresses cannot be used here (${reason})`);
}

/** Finds a free place for a project. `taken` holds what other projects of the cloud use, also stopped ones. */
export async function chooseAddress(options: {
  network: Network;
  taken: { host: string; port: number }[];
}): Promise<ProjectAddress> {
  const { network, taken } = options;
  if (network.mode === "ports") {
    const [port, pgbouncerPort] = await freePorts("127.0.0.1", 2);
    if (port === undefined || pgbouncerPort === undefined) throw new Error("no free port on 127.0.0.1");
    return { host: "127.0.0.1", port, pgbouncerPort, ...(await chooseServicePorts(network)) };
  }
  const used = new Set(taken.map((address) => address.host));
  for (let last = FIRST_PROJECT; last <= LAST_PROJECT; last++) {
    const host = `${network.block}.${last}`;
    if (used.has(host)) continue;
    if (await bindProblem(host, POSTGRES_PORT)) continue;
    return { host, port: POSTGRES_PORT, pgbouncerPort: TRANSACTION_PORT, ...(await chooseServicePorts(network)) };
  }
  throw new Error(
    `all ${LAST_PROJECT - FIRST_PROJECT + 1} addresses of ${network.block}.0/24 are in use; delete projects, or use another data folder`,
  );
}

/** Where a project's Auth server listens, and what stands in front of it. */
export async function chooseServicePorts(network: Network): Promise<Pick<ProjectAddress, "apiPort" | "authPort">> {
  if (network.mode === "addresses") return { apiPort: API_PORT, authPort: AUTH_PORT };
  const [apiPort, authPort] = await freePorts("127.0.0.1", 2);
  if (apiPort === undefined || authPort === undefined) throw new Error("no free port on 127.0.0.1");
  return { apiPort, authPort };
}

function addresses(block: string): Network {
  return {
    mode: "addresses",
    reason: "",
    block,
    api: { host: `${block}.1`, port: API_PORT },
    pooler: { host: `${block}.2`, sessionPort: POSTGRES_PORT, transactionPort: TRANSACTION_PORT },
  };
}

async function ports(reason: string): Promise<Network> {
  const host = "127.0.0.1";
  const [api, sessionPort, transactionPort] = await freePorts(host, 3);
  if (api === undefined || sessionPort === undefined || transactionPort === undefined) {
    throw new Error("no free port on 127.0.0.1");
  }
  return {
    mode: "ports",
    reason,
    block: "127.0.0",
    api: { host, port: api },
    pooler: { host, sessionPort, transactionPort },
  };
}

/** Why a port cannot be bound, as "CODE: address"; undefined when it can. */
async function bindProblem(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", (error: NodeJS.ErrnoException) => resolve(`${error.code ?? "error"}: ${host}:${port}`));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Held all at once, so that they differ. */
async function freePorts(host: string, count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => {
            server.once("error", reject);
            server.listen({ host, port: 0 }, () => {
              const address = server.address();
              if (address && typeof address === "object") resolve(address.port);
              else reject(new Error(`no port on ${host}`));
            });
          }),
      ),
    );
  } finally {
    for (const server of servers) server.close();
  }
}
