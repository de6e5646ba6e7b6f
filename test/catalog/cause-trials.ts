import { writeFatal } from "../../local/pooler/startup-message.ts";
import { probeRoles, type ReadFailure } from "../../providers/database/foreign/probe.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { type Pair, startPair } from "./pair.ts";
import { answering, droppingSyn, type StandIn, welcome } from "./stand-in.ts";

/** What the trials break: set by `begin`. */
export let pair: Pair;
let pooler: { host: string; port: string };
let relay: Relay;

export async function begin(): Promise<void> {
  pair = await startPair();
  relay = await startRelay({ host: pair.prod.host, port: pair.prod.port });
  await prod("insert into catalog.cruise_regions (provider_identifier, name, slug) values ('1', 'Here', 'here')");
  const [session] = (await api("GET", "/config/database/pooler")) as { db_host: string; db_port: number }[];
  pooler = { host: session?.db_host ?? "", port: String(pair.prod.port === 5432 ? 5432 : session?.db_port) };
}

export async function end(): Promise<void> {
  await relay?.stop();
  await pair?.remove();
}

/** Runs a statement there as `postgres`. */
export const prod = (statement: string) => pair.prod.sql.unsafe(statement);
export const preview = (statement: string) => pair.preview.sql.unsafe(statement);

async function api(method: string, path: string, body?: object): Promise<unknown> {
  const { endpoint, token } = pair.cloud.management;
  const response = await fetch(`${endpoint}/v1/projects/${pair.prod.ref}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return response.json();
}

const admit = (range: string) =>
  api("POST", "/network-restrictions/apply", { dbAllowedCidrs: [range], dbAllowedCidrsV6: [] });

/** Points the foreign server elsewhere. */
function pointTo(options: Record<string, string>): Promise<unknown> {
  const clauses = Object.entries(options).map(([name, value]) => `set ${name} '${value}'`);
  return preview(`alter server prod_catalog options (${clauses.join(", ")})`);
}

const standIns: StandIn[] = [];
async function pointToStandIn(starting: Promise<StandIn>, more: Record<string, string> = {}): Promise<void> {
  const standIn = await starting;
  standIns.push(standIn);
  await pointTo({ host: "127.0.0.1", port: String(standIn.port), sslmode: "disable", ...more });
}

/** A pooler that answers as Supavisor 2.9 does; its words are those of its source. */
const supavisor = (message: string) => pointToStandIn(answering(() => writeFatal({ sqlstate: "XX000", message })));

/** Puts server and mappings back as they are meant to be. */
export async function repairAll(): Promise<void> {
  await preview("select environment.ensure_catalog_server(environment.catalog_source())");
  await preview("select environment.ensure_catalog_mappings(environment.catalog_source())");
  await Promise.all(standIns.splice(0).map((standIn) => standIn.stop()));
}

/** What a fresh session fails to read. */
export async function probe(role = "authenticated"): Promise<ReadFailure[]> {
  const fresh = async <Result>(work: (sql: ReturnType<Pair["preview"]["connect"]>) => Promise<Result>) => {
    const sql = pair.preview.connect();
    return work(sql).finally(() => sql.end({ timeout: 1 }));
  };
  const tables = ["cruise_regions", "cruise_lines"];
  const [found] = await probeRoles({ fresh, roles: [role], schema: "catalog", tables, timeoutSeconds: 4 });
  return [...(found?.failures ?? [])];
}

interface Trial {
  readonly breaking: () => Promise<unknown>;
  readonly repair?: () => Promise<unknown>;
  readonly code: string;
  readonly cause: RegExp;
  /** Tables that fail; both where it is not said. */
  readonly tables?: string[];
}

/** Ways in which a catalog cannot be read, and how each is told. */
export const trials: Record<string, Trial> = {
  "a wrong password": {
    breaking: () => preview("alter user mapping for authenticated server prod_catalog options (set password 'wrong')"),
    code: "08001",
    cause: /refuses the reader's password/,
  },
  "the pooler's circuit breaker": {
    breaking: () =>
      supavisor("(ECIRCUITBREAKER) too many authentication failures, new connections are temporarily blocked"),
    code: "08001",
    cause: /pooler blocks this database/,
  },
  "a login that was retired, behind the pooler": {
    breaking: () => supavisor("(EAUTHQUERY) user not found in the database"),
    code: "08001",
    cause: /login of the reader was retired/,
  },
  "a pooler that cannot ask the database": {
    breaking: () => supavisor("(EAUTHQUERY) authentication query failed: connection to database not available"),
    code: "08001",
    cause: /could not look up the reader's password/,
  },
  "a full session pool": {
    breaking: () =>
      supavisor("(EMAXCONNSESSION) max clients reached in session mode - max clients are limited to pool_size: 15"),
    code: "08001",
    cause: /every session of the publisher's session pool is taken/,
  },
  "a pool that gives none in time": {
    breaking: () =>
      supavisor("(ECHECKOUTTIMEOUT) unable to check out connection from the pool after 15000ms in Session mode"),
    code: "08001",
    cause: /no connection to give in time/,
  },
  "a project that is banned": {
    breaking: () => supavisor("(EBANNED) tenant is banned: abuse"),
    code: "08001",
    cause: /banned the publisher's project/,
  },
  "a login that was retired": {
    breaking: () => prod("alter role fdw_catalog_ro_a nologin"),
    repair: () => prod("alter role fdw_catalog_ro_a login"),
    code: "08001",
    cause: /login of the reader was retired/,
  },
  "a user the pooler does not know": {
    breaking: () => pointTo(pooler),
    code: "08001",
    cause: /knows no such project or user/,
  },
  "network restrictions, direct": {
    breaking: () => admit("10.9.8.0/24"),
    repair: () => admit("0.0.0.0/0"),
    code: "08001",
    cause: /admits neither this address/,
  },
  "network restrictions, at the pooler": {
    breaking: async () => {
      await admit("10.9.8.0/24");
      await pointTo(pooler);
      await preview(
        `alter user mapping for authenticated server prod_catalog options (set user 'fdw_catalog_ro_a.${pair.prod.ref}')`,
      );
    },
    repair: () => admit("0.0.0.0/0"),
    code: "08001",
    cause: /network restrictions of the publisher/,
  },
  "no connection left": {
    breaking: () => prod("alter role fdw_catalog_ro_a connection limit 0"),
    repair: () => prod("alter role fdw_catalog_ro_a connection limit 60"),
    code: "08001",
    cause: /no connection left/,
  },
  "a host without an address": {
    breaking: () => pointTo({ host: "no-such-host.invalid" }),
    code: "08001",
    cause: /host name has no address/,
  },
  "no TLS where it is wanted": {
    breaking: () => pointToStandIn(answering(undefined), { sslmode: "require" }),
    code: "08001",
    cause: /TLS of the publisher/,
  },
  "a server that starts": {
    breaking: () =>
      pointToStandIn(answering(() => writeFatal({ sqlstate: "57P03", message: "the database system is starting up" }))),
    code: "08001",
    cause: /starting or stopping/,
  },
  "no such database": {
    breaking: () => pointTo({ dbname: "absent" }),
    code: "08001",
    cause: /no such database/,
  },
  "a network that drops every packet": {
    breaking: () => pointToStandIn(droppingSyn(), { tcp_user_timeout: "1500" }),
    code: "08001",
    cause: /does not answer/,
  },
  "no route": {
    breaking: () => pointTo({ host: "224.0.0.1" }),
    code: "08001",
    cause: /no way to the publisher/,
  },
  "nothing that listens": {
    breaking: () => pointTo({ host: "127.0.0.1", port: "1" }),
    code: "08001",
    cause: /nothing listens/,
  },
  "a server that hangs up": {
    breaking: () => pointToStandIn(answering(undefined)),
    code: "08001",
    cause: /ended the connection at its start/,
  },
  "a server that asks for no password": {
    breaking: () => pointToStandIn(answering(welcome)),
    code: "2F003",
    cause: /asks for no password/,
  },
  silence: {
    breaking: async () => {
      relay.silence(true);
      await pointTo({ host: "127.0.0.1", port: String(relay.port) });
    },
    repair: async () => relay.silence(false),
    code: "57014",
    cause: /no answer within statement_timeout/,
  },
  "a privilege missing here": {
    breaking: () => preview("revoke select on catalog.cruise_regions from authenticated"),
    repair: () => preview("grant select on catalog.cruise_regions to authenticated"),
    code: "42501",
    cause: /role lacks the privilege here/,
    tables: ["cruise_regions"],
  },
  "a privilege missing on the publisher": {
    breaking: () => prod("revoke select on catalog.cruise_lines from fdw_catalog_ro"),
    repair: () => prod("grant select on catalog.cruise_lines to fdw_catalog_ro"),
    code: "42501",
    cause: /reader lacks the privilege on the publisher/,
    tables: ["cruise_lines"],
  },
  "a column that is gone": {
    breaking: () => prod("alter table catalog.cruise_lines rename column slug to path"),
    repair: () => prod("alter table catalog.cruise_lines rename column path to slug"),
    code: "42703",
    cause: /dropped or renamed a column/,
    tables: ["cruise_lines"],
  },
  "a table that is gone": {
    breaking: () => prod("alter table catalog.cruise_lines rename to lines"),
    repair: () => prod("alter table catalog.lines rename to cruise_lines"),
    code: "42P01",
    cause: /table is missing/,
    tables: ["cruise_lines"],
  },
  "no mapping": {
    breaking: () => preview("drop user mapping for authenticated server prod_catalog"),
    code: "42704",
    cause: /no mapping/,
  },
  "a value that does not fit": {
    breaking: () => preview("alter foreign table catalog.cruise_regions alter column slug type int"),
    repair: () => preview("alter foreign table catalog.cruise_regions alter column slug type varchar(255)"),
    code: "22P02",
    cause: /does not fit the type/,
    tables: ["cruise_regions"],
  },
};
