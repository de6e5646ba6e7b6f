import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDbClient } from "../../db/client.ts";
import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { serverOptions } from "../../environment/server-options.ts";
import { checkCatalog as doctorOf } from "../../operations/doctor/catalog.ts";
import { checkCatalog as driftOf } from "../../operations/drift/core/layers/catalog.ts";
import type { CatalogSource } from "../../operations/drift/core/layers/catalog-source.ts";
import { errorOf } from "../database/migrated.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { root } from "../support/run.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let relay: Relay;
let caFile: string;
const publisher = () => ({ host: pair.prod.host, port: pair.prod.port, database: "postgres", sslmode: "require" });
const read = "select count(*) from catalog.cruise_lines";

beforeAll(async () => {
  pair = await startPair();
  relay = await startRelay({ host: pair.prod.host, port: pair.prod.port });
  // <cloud>/projects/<ref>/postgres.log
  caFile = join(dirname(dirname(dirname(pair.prod.logFile))), "ca.crt");
});
afterAll(async () => {
  await relay?.stop();
  await pair?.remove();
});

const up = (options: Record<string, string>) => pair.catalog.up(pair.catalogProgram({ options, timeoutSeconds: 2 }));

async function held(): Promise<Record<string, string>> {
  const [row] = await pair.preview.sql<{ options: Record<string, string> }[]>`
    select jsonb_object_agg(option_name, option_value) as options
    from pg_foreign_server, pg_options_to_table(srvoptions) where srvname = 'prod_catalog'`;
  return row?.options ?? {};
}

test("the documentation lists every option with its value", async () => {
  const text = await readFile(join(root, "docs/explanation/catalog.md"), "utf8");
  const fixed = Object.entries(serverOptions({ host: "h", port: 5432, database: "d", sslmode: "require" }, "STACK"));
  for (const [option, value] of fixed.filter(([name]) => !["host", "port", "dbname"].includes(name))) {
    expect(text, option).toMatch(new RegExp(`\\| .*\`${option}\`.* \\| .*\`${value}\`.* \\|`));
  }
});

test("the server has exactly those, and Production sees who reads", async () => {
  await up(serverOptions(publisher(), "preview"));
  expect(await held()).toEqual(serverOptions(publisher(), "preview"));
  await pair.preview.sql.unsafe(read);
  const seen = await pair.prod.sql`
    select distinct application_name as name, ssl from pg_stat_activity join pg_stat_ssl using (pid)
    where usename = 'fdw_catalog_ro_a'`;
  expect(seen).toEqual([{ name: "catalog of preview", ssl: true }]);
  expect((await errorOf(pair.preview.sql`truncate catalog.cruise_lines`)).code).toBe("55000");
});

test("with the authority as a file the certificate is checked, and one of another authority refused", async () => {
  await up(serverOptions(publisher(), "preview", { caFile }));
  expect(await held()).toMatchObject({ sslmode: "verify-full", sslrootcert: caFile });
  const fresh = pair.preview.connect();
  await fresh.unsafe(read);
  await fresh.end();
  const other = join(dirname(caFile), "pooler.crt");
  await expect(up(serverOptions(publisher(), "preview", { caFile: other }))).rejects.toThrow(
    /08001.*TLS of the publisher/s,
  );
  await pair.catalog.refresh();
  // What could not be set up was not left half done.
  expect(pair.catalog.state.differences).toEqual([]);
  expect(await held()).toMatchObject({ sslrootcert: caFile });
  await up(serverOptions(publisher(), "preview"));
});

test("the session pooler takes LOGIN.REF, and is read through", async () => {
  const { endpoint, token } = pair.cloud.management;
  const path = `${endpoint}/v1/projects/${pair.prod.ref}/config/database/pooler`;
  const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
  const entries = (await response.json()) as { db_host: string; db_port: number; pool_mode: string }[];
  const port = entries.find(({ pool_mode }) => pool_mode === "session")?.db_port ?? 5432;
  const pooled = { ...publisher(), host: entries[0]?.db_host ?? "", port };
  const options = serverOptions(pooled, "preview");
  const user = `${pair.reader.state.user}.${pair.prod.ref}`;
  await pair.catalog.up(pair.catalogProgram({ options, user }));
  expect(pair.catalog.state.probes).toEqual({ postgres: "ok", service_role: "ok", authenticated: "ok" });
  expect(await pair.preview.sql.unsafe(read)).toHaveLength(1);
  await up(serverOptions(publisher(), "preview"));
});

test("less than encrypted is refused off this machine, by the resource and by the function", async () => {
  const hosted = { ...publisher(), host: "db.example.test" };
  const checked = (options: object) => () => pair.catalog.checked(pair.catalogProgram({ options }));
  for (const sslmode of ["disable", "allow", "prefer"]) {
    expect(checked({ ...serverOptions(hosted, "x"), sslmode })).toThrow(/options\.sslmode: .*this machine only/);
  }
  const { sslmode: _, ...silent } = serverOptions(hosted, "x");
  expect(checked(silent)).toThrow(/options\.sslmode: none.*this machine only/);
  expect(checked({ ...silent, sslmode: "verify-full" })).toThrow(/options\.sslrootcert: verify-full needs it/);
  expect(checked({ ...serverOptions(hosted, "x"), port: "6543" })).toThrow(/transaction pooler/);
  const source = JSON.stringify({ ...pair.catalogProgram(), options: silent });
  const error = await errorOf(pair.preview.sql`select environment.ensure_catalog_server(${source}::text::jsonb)`);
  expect(error).toMatchObject({ code: "22023", message: expect.stringContaining("in clear") });
});

test("read, drift, doctor and an application end by their own time-outs when Production stays silent", {
  timeout: 60_000,
}, async () => {
  const [setting] = await pair.preview.sql`select value from environment.settings where name = 'catalog_source'`;
  const options = { ...serverOptions(publisher(), "preview"), host: "127.0.0.1", port: String(relay.port) };
  const source: CatalogSource = { ...setting?.value, options };
  await pair.preview.sql.unsafe(`alter server prod_catalog options (set host '127.0.0.1', set port '${relay.port}')`);
  relay.silence(true);
  const { host, port, password, url } = pair.preview;
  const login = { host, port, password, user: "postgres", database: "postgres" };
  const db = createDbClient(url, { max: 1 });
  const [bound] = await db.$client`show statement_timeout`;
  expect(bound).toEqual({ statement_timeout: "2min" });
  await db.$client`set statement_timeout = '3s'`;
  const began = performance.now();
  const [drift, doctor, application] = await Promise.all([
    driftOf(login, source, catalogTableNames).then(String, String),
    doctorOf(login),
    errorOf(db.$client.unsafe(read)),
    pair.catalog.refresh(),
  ]);
  expect(performance.now() - began).toBeLessThan(25_000);
  expect(drift).toMatch(/CONNECT_TIMEOUT/);
  expect(doctor[0]).toMatchObject({ level: "error", found: expect.stringMatching(/57014.*no answer within/) });
  expect(application.code).toBe("57014");
  expect(pair.catalog.state.differences.join()).toMatch(/57014/);
  relay.silence(false);
  await db.$client.end();
});
