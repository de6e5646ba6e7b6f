import { isIPv6 } from "node:net";
import type { ManagementApi } from "../management-api.ts";
import { isSecretSetting, type Values } from "./values.ts";

/** A group of settings that one part of the platform owns, read and written together. */
export interface Section {
  /** Every setting in force that the API tells, by the API's names. */
  read(api: ManagementApi, ref: string): Promise<Values>;
  /** Writes the given settings and leaves the others alone. */
  write(api: ManagementApi, ref: string, values: Values): Promise<void>;
  /** A setting that is not answered has its default. Without it, it cannot be read. */
  absentIsDefault?: boolean;
}

function section(suffix: string, method: "PATCH" | "PUT"): Section {
  const path = (ref: string) => `/v1/projects/${ref}${suffix}`;
  return {
    read: async (api, ref) => ((await api.request({ method: "GET", path: path(ref) })) ?? {}) as Values,
    async write(api, ref, body) {
      const secrets = Object.entries(body).flatMap(([name, value]) =>
        isSecretSetting(name) && typeof value === "string" && value !== "" ? [value] : [],
      );
      await api.request({ method, path: path(ref), body, secrets });
    },
  };
}

const postgres = section("/config/database/postgres", "PUT");

/** Parameters of Postgres. The API answers only what was changed, and a write takes the place of all of it. */
const database: Section = {
  read: postgres.read,
  async write(api, ref, values) {
    await postgres.write(api, ref, { ...(await postgres.read(api, ref)), ...values });
  },
  absentIsDefault: true,
};

const poolers = section("/config/database/pooler", "PATCH");

/** Connection pooler. Read from the primary's entry: replicas follow it. */
const pooler: Section = {
  ...poolers,
  async read(api, ref) {
    const found = (await api.getPoolers(ref)).filter((one) => one.database_type === "PRIMARY");
    const { default_pool_size, max_client_conn } = { ...found[0] } as Values;
    const own = found.length === 1 ? { pool_mode: found[0]?.pool_mode } : {};
    return { default_pool_size, max_client_conn, ...own };
  },
};

/** Who may connect: `restrictions` is one list of IPv4 and IPv6 ranges, as the bridged provider has it. */
const network: Section = {
  async read(api, ref) {
    const path = `/v1/projects/${ref}/network-restrictions`;
    const { config } = (await api.request({ method: "GET", path })) as { config: Restrictions };
    return { restrictions: [...(config.dbAllowedCidrs ?? []), ...(config.dbAllowedCidrsV6 ?? [])] };
  },
  async write(api, ref, { restrictions }) {
    const path = `/v1/projects/${ref}/network-restrictions/apply`;
    const ranges = restrictions as string[];
    const six = (range: string) => isIPv6(range.split("/")[0] ?? "");
    const body = { dbAllowedCidrs: ranges.filter((range) => !six(range)), dbAllowedCidrsV6: ranges.filter(six) };
    await api.request({ method: "POST", path, body });
  },
};

interface Restrictions {
  dbAllowedCidrs?: string[];
  dbAllowedCidrsV6?: string[];
}

/** Whether the database refuses connections without TLS. On the platform a change restarts the database. */
const ssl: Section = {
  async read(api, ref) {
    const path = `/v1/projects/${ref}/ssl-enforcement`;
    const { currentConfig } = (await api.request({ method: "GET", path })) as { currentConfig: { database: boolean } };
    return { enforced: currentConfig.database };
  },
  async write(api, ref, { enforced }) {
    const path = `/v1/projects/${ref}/ssl-enforcement`;
    await api.request({ method: "PUT", path, body: { requestedConfig: { database: enforced } } });
  },
};

export const sections = {
  /** Log-in, its providers, hooks and mail. */
  auth: section("/config/auth", "PATCH"),
  /** PostgREST. */
  api: section("/postgrest", "PATCH"),
  database,
  storage: section("/config/storage", "PATCH"),
  pooler,
  network,
  ssl,
} as const satisfies Record<string, Section>;
