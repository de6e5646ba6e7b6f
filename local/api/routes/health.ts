import { connect } from "node:net";
import { Hono } from "hono";
import { NO_PGBOUNCER } from "../../context.ts";
import { HEALTH_SERVICES, type HealthService, type ServiceHealthBody } from "../../contract.ts";
import { adminLogin, queryLogin, withSession } from "../../postgres/session.ts";
import type { ProjectRecord } from "../../state.ts";
import type { ApiContext, ApiEnv } from "../context.ts";
import { ApiError } from "../errors.ts";

/** GET /health?services=db,pooler: each asked service is really tried. */
export function healthApi(context: ApiContext): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get("/health", async (c) => {
    const asked = (c.req.queries("services") ?? []).flatMap((text) => text.split(",")).filter(Boolean);
    if (asked.length === 0) throw new ApiError(400, "services: at least one service is needed");
    const timeoutMs = Number(c.req.query("timeout_ms") ?? 5_000);
    if (!(timeoutMs >= 0 && timeoutMs <= 10_000)) throw new ApiError(400, "timeout_ms: must be between 0 and 10000");
    const services = asked.map(knownService);
    const record = c.get("project");
    return c.json(await Promise.all(services.map((service) => probe({ context, record, service, timeoutMs }))));
  });
  return app;
}

function knownService(name: string): HealthService {
  const found = HEALTH_SERVICES.find((service) => service === name);
  if (!found) throw new ApiError(400, `services: "${name}" is not one of ${HEALTH_SERVICES.join(", ")}`);
  return found;
}

async function probe(options: {
  context: ApiContext;
  record: ProjectRecord;
  service: HealthService;
  timeoutMs: number;
}): Promise<ServiceHealthBody> {
  const { record, service } = options;
  try {
    const info = await tryService(options);
    return { name: service, healthy: true, status: "ACTIVE_HEALTHY", ...(info && { info }) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name: service, healthy: false, status: starting(record) ? "COMING_UP" : "UNHEALTHY", error: message };
  }
}

async function tryService(options: {
  context: ApiContext;
  record: ProjectRecord;
  service: HealthService;
  timeoutMs: number;
}): Promise<ServiceHealthBody["info"] | undefined> {
  const { context, record, service, timeoutMs } = options;
  const { pooler } = context.state.value.network;
  const { host, pgbouncerPort } = record.address;
  if (service === "auth") return context.auth.health(record, timeoutMs);
  if (service === "db") return queryDatabase(record, timeoutMs);
  if (service === "db_postgres_user") {
    return queryDatabase({ ...record, login: queryLogin(record) }, timeoutMs);
  }
  if (service === "pooler") return openPort({ host: pooler.host, port: pooler.sessionPort, timeoutMs });
  if (service === "pg_bouncer") {
    if (!context.pgbouncer) throw new Error(NO_PGBOUNCER);
    return openPort({ host, port: pgbouncerPort, timeoutMs });
  }
  throw new Error(`the local cloud has no ${service} service`);
}

async function queryDatabase(
  record: ProjectRecord & { login?: { user: string; password: string } },
  timeoutMs: number,
): Promise<undefined> {
  await withSession({
    address: record.address,
    login: record.login ?? adminLogin(record),
    applicationName: "local cloud: health",
    connectTimeout: Math.max(timeoutMs / 1000, 0.001),
    work: (sql) => sql`select 1`,
  });
}

async function openPort(options: { host: string; port: number; timeoutMs: number }): Promise<undefined> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: options.host, port: options.port, timeout: Math.max(options.timeoutMs, 1) });
    socket.once("connect", () => socket.destroy() && resolve());
    socket.once("timeout", () => socket.destroy(new Error("time-out")));
    socket.once("error", reject);
  });
}

function starting(record: ProjectRecord): boolean {
  return record.status === "COMING_UP" || record.status === "RESTORING";
}
