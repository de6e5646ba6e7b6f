import { readFileSync } from "node:fs";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { LocalCloud } from "../../local/cloud.ts";
import { organizationOf } from "../../operations/session/organizations.ts";
import { type Place, withSql } from "../support/environment.ts";
import { fill, inJson } from "./placeholders.ts";
import { openAsPlatform, type Project, restoreDatabase } from "./restore-database.ts";
import { freshValues, sealHandOff } from "./values.ts";

export const STACKS = ["prod", "preview"] as const;
export type StackName = (typeof STACKS)[number];

/** One environment of a restored pair. */
export interface Restored extends Project {
  readonly stack: EnvironmentStack;
  /** A connection as the superuser of its database, who reads every row. */
  openAsPlatform(): Sql;
}

type Empty = Omit<Restored, "openAsPlatform"> & { readonly ask: Ask };

/**
 * Puts a pair of another commit into the cloud of a place: state, databases, settings of the projects, hand-off and the
 * history of drift. Every secret of it is a fresh one.
 */
export async function restorePair(fixture: string, place: Place): Promise<Record<StackName, Restored>> {
  const prod = await openEmpty("prod", place);
  const preview = await openEmpty("preview", place);
  const values = await freshValues({ prod, preview }, place.dataDir);
  Object.assign(values, await sealHandOff({ fixture, dataDir: place.dataDir, values }));
  await Promise.all([restore(fixture, prod, values), restore(fixture, preview, values)]);
  await analyze(preview.stack);
  await mkdir(join(place.dataDir, "drift"), { recursive: true });
  await cp(join(fixture, "drift-history.jsonl"), join(place.dataDir, "drift", "history.jsonl"));
  const restored = (one: Empty): Restored => ({ ...one, openAsPlatform: () => openAsPlatform(one.name, values) });
  return { prod: restored(prod), preview: restored(preview) };
}

/** Opens a stack that does not exist yet and makes the project it will be about. */
async function openEmpty(name: StackName, place: Place): Promise<Empty> {
  const { stack, cloud } = await place.open(name);
  const ask = asker(cloud, name);
  const password = crypto.randomUUID();
  const { ref } = await ask<{ ref: string }>("POST", "/v1/projects", {
    name: `tailfire-${name}`,
    organization_slug: organizationOf(cloud, name).slug,
    db_pass: password,
    region: "ca-central-1",
  });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(50)) {
    const { status } = await ask<{ status: string }>("GET", `/v1/projects/${ref}`);
    if (status === "ACTIVE_HEALTHY") return { name, stack, ref, password, keys: await keysOf(ask, ref), ask };
  }
  throw new Error(`Project ${ref} of ${name} was not ACTIVE_HEALTHY within 60 s`);
}

type Ask = <Answer>(method: string, path: string, body?: object) => Promise<Answer>;

function asker(cloud: LocalCloud, name: StackName): Ask {
  const { token } = organizationOf(cloud, name);
  return async <Answer>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const given = body ? { body: JSON.stringify(body) } : {};
    const response = await fetch(`${cloud.endpoint}${path}`, { method, headers, ...given });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json() as Promise<Answer>;
  };
}

async function keysOf(ask: Ask, ref: string): Promise<Project["keys"]> {
  const keys = await ask<{ name: string; type: string; api_key: string }[]>(
    "GET",
    `/v1/projects/${ref}/api-keys?reveal=true`,
  );
  const key = (kind: string) => keys.find(({ name, type }) => kind === name || kind === type)?.api_key ?? "";
  return {
    anonKey: key("anon"),
    serviceRoleKey: key("service_role"),
    publishableKey: key("publishable"),
    secretKey: key("secret"),
  };
}

async function restore(
  fixture: string,
  { ask, stack, ...project }: Empty,
  values: Record<string, string>,
): Promise<void> {
  const folder = join(fixture, project.name);
  await restoreDatabase({ folder, project, values });
  const { auth }: { auth: object } = JSON.parse(readFileSync(join(folder, "settings.json"), "utf8"));
  await ask("PATCH", `/v1/projects/${project.ref}/config/auth`, auth);
  const state = JSON.parse(fill(readFileSync(join(folder, "state.json"), "utf8"), values, inJson));
  // Secrets are in clear here, as `pulumi stack export --show-secrets` has them; the engine encrypts them for this stack.
  const { secrets_providers } = (await stack.exportState()).deployment;
  await stack.importState({ ...state, deployment: { ...state.deployment, secrets_providers } });
}

/** A dump of this version holds no statistics, and a catalog without any counts as one that has drifted. */
async function analyze(subscriber: EnvironmentStack): Promise<void> {
  await withSql(subscriber, async (sql) => {
    const tables = await sql`select oid::regclass::text as name from pg_class where relkind = 'f'`;
    for (const { name } of tables) await sql.unsafe(`analyze ${name}`);
  });
}
