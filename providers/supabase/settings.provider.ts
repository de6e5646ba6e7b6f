import { z } from "zod";
import { type Properties, UNKNOWN } from "../host/kind.ts";
import { configKind } from "./config/config-kind.ts";
import type { BySection, Form, SectionName } from "./config/form.ts";
import type { Values } from "./config/values.ts";

const AS_JSON = ["api", "auth", "database", "network", "pooler", "storage"] as const;

const limit = z.string().optional().describe("A duration such as `10m`.");

const json = z
  .string()
  .refine((text) => parse(text) !== undefined, "expected an object as JSON text, as JSON.stringify writes it")
  .optional();

/** The bridged provider's form: each section as JSON text with the API's own names, TLS as a flag. */
const form: Form = {
  sections: [...AS_JSON, "ssl"],
  toValues(properties) {
    const texts = AS_JSON.flatMap((name): [SectionName, Values][] => {
      const values = parse(properties[name]);
      return values ? [[name, values]] : [];
    });
    const { sslEnforcement } = properties;
    const ssl: BySection = typeof sslEnforcement === "boolean" ? { ssl: { enforced: sslEnforcement } } : {};
    return { ...Object.fromEntries(texts), ...ssl };
  },
  toProperties(values): Properties {
    const texts = AS_JSON.flatMap((name) => (values[name] ? [[name, JSON.stringify(values[name])]] : []));
    return { ...Object.fromEntries(texts), ...(values.ssl ? { sslEnforcement: values.ssl.enforced } : {}) };
  },
  propertyOf: (section) => (section === "ssl" ? "sslEnforcement" : section),
};

function parse(text: unknown): Values | undefined {
  if (typeof text !== "string" || text === UNKNOWN) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : undefined;
  } catch {
    return undefined;
  }
}

/** Settings of a project as the bridged provider has them. */
export const settingsKind = configKind({
  token: "supabase:index/settings:Settings",
  description:
    "Settings of a project in the bridged provider's form. Only the keys that are set are managed; deleting leaves them as they are.",
  inputs: {
    api: json.describe("PostgREST, as JSON text with the API's own names."),
    auth: json.meta({ description: "Log-in, likewise. Always a secret.", secret: true }),
    database: json.describe("Postgres, likewise."),
    network: json.describe('JSON text `{"restrictions": [...]}`: all allowed ranges.'),
    pooler: json.describe("Connection pooler, likewise."),
    storage: json.describe("File storage, likewise."),
    sslEnforcement: z.boolean().optional().describe("Whether the database refuses connections without TLS."),
    timeouts: z
      .looseObject({ create: limit, update: limit })
      .optional()
      .describe("Accepted for the sake of state from the bridged provider; `customTimeouts` is what counts."),
  },
  form,
});
