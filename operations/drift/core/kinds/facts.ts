import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const acl = z.array(z.string()).nullable();
const membership = z.object({ role: z.string(), admin: z.boolean(), inherit: z.boolean(), set: z.boolean() });
const role = z.object({
  superuser: z.boolean(),
  createrole: z.boolean(),
  createdb: z.boolean(),
  replication: z.boolean(),
  bypassrls: z.boolean(),
  login: z.boolean(),
  inherit: z.boolean(),
  connectionLimit: z.number(),
  config: z.array(z.string()),
  memberOf: z.array(membership),
});

/** The part of facts/platform-facts.json that a check compares with: what a fresh hosted project is. */
const form = z.object({
  roles: z.object({ atBirth: z.record(z.string(), role) }),
  schemas: z.record(z.string(), z.object({ owner: z.string(), acl })),
  defaultPrivileges: z.object({
    atBirth: z.array(
      z.object({ owner: z.string(), schema: z.string(), objects: z.string(), acl: z.array(z.string()) }),
    ),
  }),
  extensions: z.object({
    installed: z.object({
      list: z.array(z.object({ name: z.string(), schema: z.string() })),
      varies: z.array(z.object({ what: z.string() })),
    }),
  }),
  eventTriggers: z.object({ list: z.record(z.string(), z.object({ event: z.string(), function: z.string() })) }),
  publications: z.object({
    list: z.array(
      z.object({
        name: z.string(),
        insert: z.boolean(),
        update: z.boolean(),
        delete: z.boolean(),
        truncate: z.boolean(),
        allTables: z.boolean(),
      }),
    ),
  }),
  functions: z.object({ list: z.array(z.object({ name: z.string(), arguments: z.string(), owner: z.string(), acl })) }),
  relations: z.object({
    list: z.array(z.object({ name: z.string(), kind: z.string(), owner: z.string(), rowSecurity: z.boolean(), acl })),
  }),
  databases: z.array(z.object({ name: z.string(), owner: z.string(), acl, connectionLimit: z.number() })),
});
export type PlatformFacts = z.infer<typeof form>;

let read: PlatformFacts | undefined;

/** What a fresh hosted project is. */
export function platformFacts(): PlatformFacts {
  read ??= form.parse(
    JSON.parse(readFileSync(join(import.meta.dirname, "../../../../facts/platform-facts.json"), "utf8")),
  );
  return read;
}
