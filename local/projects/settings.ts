/** What a project was told through the API besides its name, size and password. */
export interface ProjectSettings {
  /** What PUT config/database/postgres set; everything else has its default. */
  postgres: Record<string, string | number | boolean>;
  sslEnforced: boolean;
  network: NetworkRestrictions;
  keys: KeyRecord[];
  /** Whether the two legacy JWTs are honoured. */
  legacyKeysEnabled: boolean;
  secrets: SecretRecord[];
  /** Values that differ from `local/auth/config.json`; those that are secrets as the hash hosted answers with. */
  auth: Record<string, unknown>;
  postgrest: Record<string, string | number>;
  storage: Record<string, unknown>;
  realtime: Record<string, unknown>;
  pooler: { poolSize: number };
  thirdPartyAuth: ThirdPartyAuthRecord[];
  functions: FunctionRecord[];
}

export interface NetworkRestrictions {
  v4: string[];
  v6: string[];
  updatedAt: string | null;
}

/** A publishable or secret key. */
export interface KeyRecord {
  id: string;
  name: string;
  type: "publishable" | "secret";
  key: string;
  description: string | null;
  jwtTemplate: Record<string, unknown> | null;
  insertedAt: string;
  updatedAt: string;
}

/** A secret of Edge Functions. Nothing here runs functions, so only what the API answers with is kept. */
interface SecretRecord {
  name: string;
  /** SHA-256 of the value, hexadecimal. */
  digest: string;
  updatedAt: string;
}

export interface ThirdPartyAuthRecord {
  id: string;
  type: string;
  oidcIssuerUrl: string | null;
  jwksUrl: string | null;
  customJwks: unknown;
  insertedAt: string;
  updatedAt: string;
}

/** An Edge Function that was deployed; recorded, never run. */
export interface FunctionRecord {
  id: string;
  slug: string;
  name: string;
  version: number;
  /** Milliseconds since 1970. */
  createdAt: number;
  updatedAt: number;
  verifyJwt: boolean;
  importMap: boolean;
  entrypointPath: string | null;
  importMapPath: string | null;
  sha256: string | null;
}

/** Open to every address, which is what a new project has. */
export const EVERYWHERE: NetworkRestrictions = { v4: ["0.0.0.0/0"], v6: ["::/0"], updatedAt: null };

/** Settings of a new project. */
export function defaultSettings(keys: KeyRecord[]): ProjectSettings {
  return {
    postgres: {},
    sslEnforced: false,
    network: { ...EVERYWHERE },
    keys,
    legacyKeysEnabled: true,
    secrets: [],
    auth: {},
    postgrest: {},
    storage: {},
    realtime: {},
    pooler: { poolSize: 15 },
    thirdPartyAuth: [],
    functions: [],
  };
}
