import { expect, test } from "vitest";
import { poolerConnections } from "./connections.ts";
import type { PoolerBody, ProjectBody } from "./contract.ts";
import { keyOutputs, projectState } from "./project-state.ts";

const ref = "abcdefghijklmnopqrst";
const pooler = (more: Partial<PoolerBody> = {}): PoolerBody => ({
  database_type: "PRIMARY",
  db_user: `postgres.${ref}`,
  db_host: "aws-1-ca-central-1.pooler.supabase.com",
  db_port: 6543,
  db_name: "postgres",
  connection_string: "",
  pool_mode: "transaction",
  ...more,
});
const project: ProjectBody = {
  ref,
  organization_id: "organization-id",
  organization_slug: "organization-slug",
  name: "one",
  region: "ca-central-1",
  created_at: "2026-01-02T03:04:05Z",
  status: "ACTIVE_HEALTHY",
  database: { host: `db.${ref}.supabase.co` },
};

test("pooler addresses are the API's: none, one mode for both, an entry of its own, replicas apart", () => {
  expect(poolerConnections([])).toBeUndefined();
  expect(poolerConnections([pooler({ database_type: "READ_REPLICA" })])).toBeUndefined();
  const replica = pooler({ database_type: "READ_REPLICA", db_host: "replica.example.com" });
  const { session, transaction } = poolerConnections([replica, pooler()]) ?? {};
  const host = "aws-1-ca-central-1.pooler.supabase.com";
  expect(session).toEqual({ host, port: 5432, user: `postgres.${ref}`, database: "postgres" });
  expect(transaction).toEqual({ ...session, port: 6543 });
  const own = poolerConnections([pooler({ db_port: 7001 }), pooler({ pool_mode: "session", db_port: 7002 })]);
  expect([own?.transaction.port, own?.session.port]).toEqual([7001, 7002]);
});

test("a hosted project's API lies next to its database; both names of an organization are one", () => {
  const known = { organizationId: "organization-id", databasePassword: "kept" };
  const state = projectState(project, [pooler()], known);
  expect(state.apiUrl).toBe(`https://${ref}.supabase.co`);
  expect(state).toMatchObject({ ...known, host: `db.${ref}.supabase.co`, port: 5432, user: "postgres" });
  const local = { ...project, database: { host: "127.42.7.10", api_port: 54321 } };
  expect(projectState(local, [], known).apiUrl).toBe("http://127.42.7.10:54321");
  expect(projectState(project, [], { organizationId: "another" }).organizationId).toBe("organization-slug");
});

test("keys of each kind are found, also where the API names no type, and absent ones stay absent", () => {
  const untyped = [
    { name: "anon", api_key: "a" },
    { name: "service_role", api_key: "s", type: null },
  ];
  expect(keyOutputs(untyped)).toEqual({
    anonKey: "a",
    serviceRoleKey: "s",
    publishableKey: undefined,
    secretKey: undefined,
  });
  const lookalike = [{ name: "anon", api_key: "sb_secret_x", type: "secret" as const }];
  expect(keyOutputs(lookalike)).toMatchObject({ anonKey: undefined, secretKey: "sb_secret_x" });
});
