import { spawn } from "node:child_process";
import { access, mkdir, open, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { CloudContext } from "../context.ts";
import { commandLine, endProcess, identify, type ProcessIdentity } from "../daemon/process.ts";
import { type ProjectLayout, projectLayout } from "../layout.ts";
import type { ProjectRecord } from "../state.ts";

/** As the smallest hosted size has it. */
export const MAX_CLIENTS = 200;

/** PgBouncer named in TAILFIRE_PGBOUNCER or found on PATH (Debian keeps it in /usr/sbin); undefined where there is none. */
export async function findPgbouncer(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const folders = [...(env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"].filter(Boolean);
  const candidates = env.TAILFIRE_PGBOUNCER
    ? [env.TAILFIRE_PGBOUNCER]
    : folders.map((folder) => join(folder, "pgbouncer"));
  for (const candidate of candidates) {
    if (await readable(candidate)) return candidate;
  }
  return undefined;
}

/** Starts the project's PgBouncer next to its Postgres, unless it runs or is not installed. */
export async function startTransactionPooler(context: CloudContext, record: ProjectRecord): Promise<void> {
  const files = projectLayout(context.layout, record.ref);
  if (!context.pgbouncer || (await findRunning(files))) return;
  await mkdir(files.pgbouncer, { recursive: true, mode: 0o700 });
  const settings = join(files.pgbouncer, "pgbouncer.ini");
  const users = join(files.pgbouncer, "users.txt");
  await writeFile(users, `"pgbouncer" "${record.internal.pgbouncer}"\n`, { mode: 0o600 });
  await writeFile(settings, pgbouncerSettings({ record, users, files }), { mode: 0o600 });
  await context.launcher.own(files.root);
  const command = context.launcher.command(context.pgbouncer, [settings]);
  const log = await open(join(files.pgbouncer, "pgbouncer.log"), "a", 0o600);
  const child = spawn(command.file, command.args, {
    ...command.options,
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
  });
  child.on("error", (error) => context.log(`${record.ref}: PgBouncer did not start: ${error.message}`));
  child.unref();
  await log.close();
  if (child.pid) await writeFile(join(files.pgbouncer, "pid"), String(child.pid), { mode: 0o600 });
}

/** Ends the project's PgBouncer, if one runs. */
export async function stopTransactionPooler(files: ProjectLayout): Promise<void> {
  const identity = await findRunning(files);
  if (!identity) return;
  const steps = [
    { signal: "SIGQUIT", waitMs: 2_000 },
    { signal: "SIGKILL", waitMs: 2_000 },
  ] as const;
  await endProcess({ identity, steps: [...steps] });
  await rm(join(files.pgbouncer, "pid"), { force: true });
}

async function findRunning(files: ProjectLayout): Promise<ProcessIdentity | undefined> {
  const folder = files.pgbouncer;
  const pid = Number(await readFile(join(folder, "pid"), "utf8").catch(() => ""));
  const identity = identify(pid);
  return identity && commandLine(pid).includes(folder) ? identity : undefined;
}

function pgbouncerSettings(options: {
  record: ProjectRecord;
  users: string;
  files: { certificate: string; key: string };
}): string {
  const { host, port, pgbouncerPort } = options.record.address;
  const settings: Record<string, string | number> = {
    listen_addr: host,
    listen_port: pgbouncerPort,
    unix_socket_dir: "",
    auth_type: "scram-sha-256",
    auth_file: options.users,
    auth_user: "pgbouncer",
    auth_query: "SELECT username, password FROM pgbouncer.get_auth($1)",
    pool_mode: "transaction",
    default_pool_size: options.record.settings.pooler.poolSize,
    max_client_conn: MAX_CLIENTS,
    ignore_startup_parameters: "extra_float_digits,options",
    client_tls_sslmode: options.record.settings.sslEnforced ? "require" : "allow",
    server_tls_sslmode: "prefer",
    client_tls_cert_file: options.files.certificate,
    client_tls_key_file: options.files.key,
    log_connections: 0,
    log_disconnections: 0,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  return `[databases]\n* = host=${host} port=${port}\n\n[pgbouncer]\n${lines.join("\n")}\n`;
}

async function readable(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
