import { describe, expect, test } from "vitest";
import { RefusedError } from "./error.ts";
import { isLoopback, requireLoopback, requireQuietLogs } from "./guard.ts";

const loopback = [
  "http://127.0.0.1:54321",
  "http://127.42.7.1",
  "http://localhost:3000/v1",
  "https://LOCALHOST",
  "http://[::1]:8080",
  "postgresql://postgres:secret@127.1.2.3:5432/postgres",
  // The URL parser turns these into 127.0.0.1, and so does a client that connects.
  "http://2130706433",
  "http://0x7f.1",
];
const elsewhere = [
  "https://example.com",
  "http://127.0.0.1.example.com",
  "http://localhost.example.com",
  "http://notlocalhost",
  "http://128.0.0.1",
  "http://0.0.0.0",
  "http://10.0.0.1",
  "http://[::ffff:8.8.8.8]",
  "http://127.0.0.1@example.com",
  "http://example.com#@127.0.0.1",
  "postgresql://127.0.0.1:5432/postgres?host=db.example.com",
  "postgresql://127.0.0.1/postgres?sslmode=require&hostaddr=8.8.8.8",
  "postgres://127.0.0.1,db.example.com/postgres",
  "file:///tmp",
  "127.0.0.1",
  "",
];

describe("loopback", () => {
  test.each(loopback)("%s stays on this machine", (url) => expect(isLoopback(url)).toBe(true));
  test.each(elsewhere)("%s does not", (url) => expect(isLoopback(url)).toBe(false));

  test("a refusal names the setting and the host, never the password", () => {
    const refuse = () => requireLoopback("DATABASE_URL", "postgresql://postgres:hush@db.example.com:5432/postgres");
    expect(refuse).toThrow(/DATABASE_URL.*db\.example\.com:5432/s);
    expect(refuse).not.toThrow(/hush/);
  });
});

describe("logs that show secrets", () => {
  const loud = [
    [{ debug: true }, {}],
    [{ verbosity: 3 }, {}],
    [{ verbosity: 9 }, {}],
    [{}, { PULUMI_DEBUG_GRPC: "/tmp/grpc.json" }],
  ] as const;

  test.each(loud)("hosted refuses %j %j", (settings, env) => {
    expect(() => requireQuietLogs("hosted", settings, env)).toThrow(RefusedError);
  });
  test.each(loud)("local allows %j %j", (settings, env) => {
    expect(() => requireQuietLogs("local", settings, env)).not.toThrow();
  });
  test.each(loud)("told twice, hosted allows %j %j", (settings, env) => {
    expect(() => requireQuietLogs("hosted", { ...settings, secretsInLogsAccepted: true }, env)).not.toThrow();
  });
  test("quiet levels are left alone", () => {
    expect(() => requireQuietLogs("hosted", { debug: false, verbosity: 2 }, {})).not.toThrow();
  });
});
