import { expect, test } from "vitest";
import { isPooler, parseConnection, tlsOf } from "./connection.ts";

const pooled: [url: string, pooled: boolean][] = [
  ["postgres://postgres.abcdefghijklmnopqrst:pw@aws-1-ca-central-1.pooler.supabase.com:6543/postgres", true],
  ["postgresql://postgres.abcdefghijklmnopqrst:pw@aws-0-eu-west-1.pooler.supabase.com:5432/postgres", true],
  ["postgres://u:pw@AWS-1-CA-CENTRAL-1.POOLER.SUPABASE.COM/postgres", true],
  ["postgres://u:pw@aws%2D1.pooler.supabase.com/postgres", true],
  ["postgres://u:pw@db.abcdefghijklmnopqrst.supabase.co:6543", true],
  ["postgres://u:pw@db.abcdefghijklmnopqrst.supabase.co:6543?sslmode=require", true],
  ["postgres://u:pw@[2001:db8::6543]:6543/postgres", true],
  ["postgres://u:pw@[2001:db8::6543]:5432/postgres", false],
  ["postgres://u:pw@/postgres?host=x.pooler.supabase.com", true],
  ["postgres://u:pw@ignored/postgres?host=127.0.0.1&port=6543", true],
  ["postgres://u:pw@/postgres?host=::1&port=5432", false],
  ["postgres://u:pw@a.example:5432,b.example:6543/postgres", true],
  ["postgres://u::6543/x:pooler.supabase.com@db.abcdefghijklmnopqrst.supabase.co:5432/postgres", false],
  ["postgres://u:pooler.supabase.com%3A6543@127.0.0.1:5432/postgres", false],
  ["postgres://u:pw@pooler.supabase.com.example.com:5432/postgres", false],
  ["postgres://u:pw@127.0.0.1:5432/db_6543", false],
];

test.each(pooled)("%s is %s", (url, expected) => {
  // A slash in a password has to be encoded, or the host ends there.
  const target = parseConnection(url.replace("::6543/x", "::6543%2Fx"));
  expect(isPooler(target)).toBe(expected);
});

test("IPv6 addresses keep their colons and lose their brackets", () => {
  expect(parseConnection("postgres://u@[::1]:5433/x").hosts).toEqual([{ host: "::1", port: 5433 }]);
  expect(parseConnection("postgres://u@/x?host=2001:db8::1").hosts).toEqual([{ host: "2001:db8::1", port: 5432 }]);
});

test.each([
  ["postgres://u@127.1.2.3/x", false],
  ["postgres://u@[::1]/x", false],
  ["postgres://u@localhost/x", false],
  ["postgres://u@/x?host=/var/run/postgresql", false],
  ["postgres://u@db.example.com/x", "require"],
  ["postgres://u@localhost,db.example.com/x", "require"],
  ["postgres://u@127.0.0.1.example.com/x", "require"],
  ["postgres://u@127.0.0.1/x?sslmode=require", "require"],
  ["postgres://u@db.example.com/x?sslmode=disable", false],
  ["postgres://u@db.example.com/x?sslmode=verify-full", { rejectUnauthorized: true, servername: "db.example.com" }],
])("TLS of %s", (url, expected) => {
  expect(tlsOf(parseConnection(url))).toEqual(expected);
});

test("a string that is no URL is refused without being repeated", () => {
  expect(() => parseConnection("host=db password=hunter2")).toThrow(/postgres:\/\/USER/);
  expect(() => parseConnection("host=db password=hunter2")).not.toThrow(/hunter2/);
});
