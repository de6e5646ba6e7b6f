import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { BranchStatus, ProjectStatus } from "./contract.ts";
import type { Variant } from "./postgres/variant.ts";
import { firstKeys } from "./projects/keys.ts";
import type { InstanceSize, Region } from "./projects/offer.ts";
import { defaultSettings, type ProjectSettings } from "./projects/settings.ts";

/** An organization and the one token that sees it. */
export interface Organization {
  /** Twenty letters, as the platform's slugs; also its id. */
  id: string;
  slug: string;
  name: string;
  token: string;
}

/** Where the servers of a cloud listen. */
export interface Network {
  /** "addresses": each project on a loopback address of its own; "ports": all on 127.0.0.1, on free ports. */
  mode: "addresses" | "ports";
  /** Why it is "ports"; empty otherwise. */
  reason: string;
  /** First three bytes of every address of this cloud, e.g. "127.42.7". */
  block: string;
  api: { host: string; port: number };
  pooler: { host: string; sessionPort: number; transactionPort: number };
}

/** Where a project listens. */
export interface ProjectAddress {
  host: string;
  port: number;
  pgbouncerPort: number;
  /** Of what stands in front of its Auth server: `/auth/v1`. */
  apiPort: number;
  authPort: number;
}

/** One project. It holds verifiers and random internal passwords, never the password of `postgres`. */
export interface ProjectRecord {
  /** The number some answers carry in the place of the ref. */
  id: number;
  ref: string;
  name: string;
  organizationId: string;
  region: Region;
  size: InstanceSize;
  createdAt: string;
  /** Which kind of hosted project it is; undefined for the usual one. */
  variant?: Variant | undefined;
  status: ProjectStatus;
  /** Whether its cluster was once complete; until then a restart begins it again. */
  built: boolean;
  /** Why it is INIT_FAILED or ACTIVE_UNHEALTHY; empty otherwise. */
  problem: string;
  address: ProjectAddress;
  /** SCRAM verifier of `postgres`, needed until the project is up. */
  passwordVerifier: string;
  internal: {
    admin: string;
    query: string;
    queryUser?: string | undefined;
    reader: string;
    pgbouncer: string;
    /** Of supabase_auth_admin, from the first start of an Auth server on. */
    auth?: string | undefined;
  };
  jwtSecret: string;
  settings: ProjectSettings;
  /** What makes it a branch, or the parent of branches (then `isDefault`); undefined for a project without branches. */
  branch?: BranchRecord | undefined;
  /** Points it can be put back to, oldest first; their data lies in its folder. */
  restorePoints?: RestorePointRecord[] | undefined;
}

/** A named base backup of a project. */
export interface RestorePointRecord {
  name: string;
  status: "PENDING" | "AVAILABLE" | "FAILED";
  /** ISO 8601. */
  completedOn: string | null;
}

/** A branch is a project of its own; this is what it has besides. */
export interface BranchRecord {
  id: string;
  name: string;
  /** Of the default branch, its own ref. */
  parentRef: string;
  isDefault: boolean;
  persistent: boolean;
  withData: boolean;
  gitBranch: string | null;
  notifyUrl: string | null;
  status: BranchStatus;
  createdAt: string;
  updatedAt: string;
  /** In clear, since the platform chose it and GET /v1/branches/{id} answers with it. Empty for the default branch. */
  password: string;
}

/** Everything a cloud has to know again after a restart. */
export interface CloudState {
  version: 2;
  network: Network;
  organizations: Organization[];
  projects: ProjectRecord[];
  /** What new projects are; undefined for the usual variant. */
  variant?: Variant | undefined;
  /** The program that projects have as Auth server; undefined for none. */
  authProgram?: string | undefined;
}

/** The state in memory, and how it reaches the disk. */
export interface StateStore {
  value: CloudState;
  /** Resolves when everything changed before the call is on disk. */
  save(): Promise<void>;
}

/** Reads a state file; undefined when there is none. */
export async function readState(file: string): Promise<CloudState | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const state = JSON.parse(text) as Omit<CloudState, "version"> & { version: number };
  if (state.version !== 1 && state.version !== 2) {
    throw new Error(`${file} has version ${state.version}, this program reads up to 2; run "npm run local -- reset"`);
  }
  // Version 1 had no settings.
  for (const project of state.projects) project.settings ??= defaultSettings(firstKeys());
  return { ...state, version: 2 };
}

/** Keeps `value` in `file`. Saves that meet while one is under way become one. */
export function keepState(options: { file: string; value: CloudState }): StateStore {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const save = () => {
    if (next) return next;
    const mine = running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return writeAtomically({ file: options.file, text: JSON.stringify(options.value, null, 2) });
      });
    next = mine;
    running = mine;
    return mine;
  };
  return { value: options.value, save };
}

/** Writes a file of mode 0600 so that a reader, and a crash, find the old text or the new, never a part. */
export async function writeAtomically(options: { file: string; text: string }): Promise<void> {
  await mkdir(dirname(options.file), { recursive: true });
  const unfinished = `${options.file}.${randomBytes(4).toString("hex")}`;
  try {
    const handle = await open(unfinished, "w", 0o600);
    try {
      await handle.writeFile(options.text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, options.file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
