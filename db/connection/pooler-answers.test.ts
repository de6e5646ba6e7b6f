import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeFatal } from "../../local/pooler/startup-message.ts";
import { explain } from "../../providers/database/connection/explain.ts";
import { answering, type StandIn } from "../../test/catalog/stand-in.ts";
import { adviceFor } from "../migrate/advice.ts";
import { connectForMigrations } from "../migrate/connect.ts";
import { status } from "../migrate.ts";
import { openSessions } from "./open.ts";
import { POOLER_ANSWERS, poolerAnswer } from "./pooler-answers.ts";

const facts = JSON.parse(readFileSync(join(import.meta.dirname, "../../facts/platform-facts.json"), "utf8")) as Facts;
interface Facts {
  sessionPooler: { answers: { sqlstate: string; code: string | null; when: string }[] };
}

const named = facts.sessionPooler.answers.filter(({ code }) => code !== null);

test.each(named)("$code ($when) has a cause and a next step", ({ code, sqlstate }) => {
  expect(poolerAnswer({ code: sqlstate, message: `(${code}) words of a later release` })).toMatchObject({ code });
});

test.each([
  ["ENOTFOUND", "Tenant or user not found"],
  ["ENOTFOUND", "(ENOTFOUND) tenant/user postgres.abcdefghijklmnopqrst not found"],
  ["EADDRNOTALLOWED", "Address not in tenant allow_list: {127, 0, 0, 1}"],
  ["EMAXCONN", "Max client connections reached"],
  ["EMAXCONN", "(EMAXCONN) max client connections reached, limit: 200"],
  [
    "EMAXCONNSESSION",
    "MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size",
  ],
  ["ESSLREQUIRED", "SSL connection is required"],
  ["ESESSIONLEAK", "(ESETNOTALLOWED) session-level SET statements are not allowed in transaction mode"],
])("%s is known by the words of any release: %s", (code, message) => {
  expect(poolerAnswer({ code: "XX000", message })?.code).toBe(code);
});

test("what a database says itself is none", () => {
  expect(poolerAnswer({ code: "XX000", message: "cache lookup failed for type 4711" })).toBeUndefined();
  expect(poolerAnswer({ code: "P0001", message: "(EMAXCONNSESSION) raised by a migration" })).toBeUndefined();
});

async function refusedBy<Result>(message: string, work: (port: number) => Promise<Result>): Promise<Error> {
  const standIn: StandIn = await answering(() => writeFatal({ sqlstate: "XX000", message }));
  return work(standIn.port)
    .then(
      () => new Error("it succeeded"),
      (error: Error) => error,
    )
    .finally(() => standIn.stop());
}

test("a resource and a migration both say what to do about a full pool, and none calls it a fault of the server", async () => {
  const message = "(EMAXCONNSESSION) max clients reached in session mode - max clients are limited to pool_size: 15";
  const login = { host: "127.0.0.1", user: "postgres.abcdefghijklmnopqrst", password: "x", database: "postgres" };
  const asked = await refusedBy(message, async (port) => {
    const sql = openSessions({ ...login, port, ssl: false, max: 1 });
    await sql`select 1`.finally(() => sql.end({ timeout: 0 }));
  });
  const target = { ...login, port: 5432, sslmode: "require" as const, caCertificate: undefined, applicationName: "x" };
  const attempt = { what: "Storing it", projectRef: "abcdefghijklmnopqrst", target };
  expect(explain(asked, attempt).message).toMatch(
    /XX000: \(EMAXCONNSESSION\).*Next: Every session .* is taken.*pool size/s,
  );
  const migrating = await refusedBy(message, async (port) => {
    const sql = connectForMigrations(`postgres://postgres:x@127.0.0.1:${port}/postgres`);
    await status(sql, { folder: join(import.meta.dirname, "../../migrations") }).finally(() => sql.end({ timeout: 0 }));
  });
  expect(migrating.message).toMatch(/EMAXCONNSESSION.*pool is taken.*pool size/s);
  expect(migrating.message).not.toMatch(/fault of its own/);
});

test("a role without USAGE on the wrapper is not sent to become another role", () => {
  const answer = Object.assign(new Error("permission denied for foreign-data wrapper postgres_fdw"), { code: "42501" });
  const target = { host: "h", port: 5432, user: "postgres", password: "", database: "postgres" } as never;
  expect(explain(answer, { what: "It", projectRef: "r", target }).message).toMatch(
    /USAGE on the wrapper.*drop extension/,
  );
  expect(adviceFor(answer as never, "0001.sql")).toMatch(/USAGE on the wrapper.*drop extension/);
});

test("each has an end to its sentences", () => {
  for (const { cause, next } of POOLER_ANSWERS) {
    expect(cause).toMatch(/^[a-z].*[^.]$/);
    expect(next).toMatch(/^[A-Z].*\.$|\?.*\.$/);
  }
});
