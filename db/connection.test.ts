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
  ["postgres://u:pw@127.0.0.1:5432/x?pgbouncer=true", true],
  ["postgres://u:pw@127.0.0.1:5432/x?pgbouncer=false", false],
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
  ["postgres://u@127.0.0.1/x?ssl=true", "require"],
  ["postgres://u@db.example.com/x?sslmode=disable", false],
  ["postgres://u@db.example.com/x?ssl=false", false],
  ["postgres://u@db.example.com/x?sslmode=prefer", "prefer"],
  ["postgres://u@db.example.com/x?sslmode=disable&sslmode=require", "require"],
  ["postgres://u@db.example.com/x?sslmode=verify-full", { rejectUnauthorized: true }],
  ["postgres://u@db.example.com/x?sslmode=require&channel_binding=require", { rejectUnauthorized: true }],
  ["postgres://u@db.example.com/x?sslrootcert=system", { rejectUnauthorized: true }],
])("TLS of %s", (url, expected) => {
  const found = tlsOf(parseConnection(url, {}));
  if (typeof expected === "object") expect(found).toMatchObject(expected);
  else expect(found).toBe(expected);
});

test("a string that is not a URL is refused without being repeated", () => {
  expect(() => parseConnection("host=db password=hunter2")).toThrow(/postgres:\/\/USER/);
  expect(() => parseConnection("host=db password=hunter2")).not.toThrow(/hunter2/);
});

const secret = /hunter|h0st|2w|secret/;

test.each([
  "postgres://u:hunter/2w@db.example.com:5432/x",
  "postgres://u:12/hunter@db.example.com/x",
  "postgres://u:hunter#2w@db.example.com/x",
  "postgres://u:hunter?2w@db.example.com/x",
  "postgres://u:hunter?2w=secret@db.example.com/x",
  "postgres://u:hunter?user=secret@db.example.com/x",
  "postgres://u:hunter@2w@db.example.com/x",
  "postgres://u:h@nter/2w@db.example.com/x",
  "postgres://u:h@nter?2w@db.example.com/x",
  "postgres://u:h@nter?sslmode=2w@db.example.com/x",
  "postgres://u:h@nter#2w@db.example.com/x",
  "postgres://u:hunter%2w@db.example.com/x",
  "postgres://u:hunter%@db.example.com/x",
  "postgres://u:hunter2w",
  "postgres://u:hunter2w/x",
  "postgres://u:pw@db.example.com/x?password=hunter@2w",
  "postgres://u:pw@db.example.com/x?password=hunter#2w",
  "postgres://u:pw@hunter 2w.example.com/x",
  "postgres://u:pw@hunter%2F2w/x",
  "postgres://u:pw@db.example.com/x?host=hunter:2w",
])("an unencoded character is refused with what to do, and nothing of it is shown: %s", (url) => {
  expect(() => parseConnection(url)).toThrow(/percent-encoded: \/ is %2F/);
  expect(() => parseConnection(url)).not.toThrow(secret);
});

test.each([
  ["sslmode=no-verify", /sslmode.*disable, allow, prefer, require, verify-ca and verify-full/],
  ["sslmode=Require", /sslmode/],
  ["ssl=no-verify", /ssl.*sslmode=require/],
  ["sslmodes=require", /sslmodes is no parameter/],
  ["gssencmode=require", /gssencmode/],
  ["channel_binding=always", /channel_binding/],
  ["channel_binding=require&sslmode=prefer", /channel_binding=require goes with sslmode=require/],
  ["sslcert=/tmp/c.pem", /sslkey/],
  ["sslrootcert=system&sslmode=require", /verify-full/],
  ["target_session_attrs=fastest", /target_session_attrs/],
  ["connect_timeout=soon", /connect_timeout/],
  ["connection_limit=0", /connection_limit/],
  ["pool_timeout=ten", /pool_timeout/],
  ["keepalives=yes", /keepalives/],
  ["service=mine", /pg_service\.conf/],
  ["passfile=/tmp/x", /passfile/],
  ["hostaddr=127.0.0.1", /hostaddr.*host/],
  ["replication=database", /replication/],
  ["require_auth=scram-sha-256", /require_auth/],
  ["client_encoding=latin1", /client_encoding.*UTF-8/],
  ["statement_timeout=5000", /statement_timeout.*options/],
  ["port=5432,5433,5434", /3 ports do not go with 1 hosts/],
  ["port=0", /port/],
  ["pgbouncer=yes", /pgbouncer/],
  ["schema=app&pgbouncer=true", /schema.*pooler.*"app"/],
])("%s is refused by name", (query, reason) => {
  expect(() => parseConnection(`postgres://u:hunter@db.example.com/x?${query}`)).toThrow(reason);
  expect(() => parseConnection(`postgres://u:hunter@db.example.com/x?${query}`)).not.toThrow(secret);
});

test("everything that is wrong is said at once", () => {
  expect(() => parseConnection("postgres://u@h/x?sslmode=on&gssencmode=require&colour=red")).toThrow(
    /sslmode[\s\S]*gssencmode[\s\S]*colour/,
  );
});

test("the placeholder of Supabase's dashboard is no password", () => {
  expect(() => parseConnection("postgresql://postgres.ref:[YOUR-PASSWORD]@aws-0.pooler.supabase.com/postgres")).toThrow(
    /YOUR-PASSWORD.*password there/,
  );
});

test.each([
  ["PGSERVICE", "mine", /PGSERVICE of the environment.*pg_service\.conf/],
  ["PGHOSTADDR", "10.0.0.1", /PGHOSTADDR of the environment.*as the host.*unset/],
  ["PGPASSFILE", "/home/me/.pgpass", /PGPASSFILE.*password into the string/],
  ["PGREQUIREPEER", "postgres", /PGREQUIREPEER/],
  ["PGSSLCRL", "/x.crl", /PGSSLCRL.*certificates taken back/],
  ["PGSSLNEGOTIATION", "direct", /PGSSLNEGOTIATION/],
  ["PGSSLMINPROTOCOLVERSION", "TLSv1.3", /PGSSLMINPROTOCOLVERSION.*Node/],
  ["PGCLIENTENCODING", "LATIN1", /PGCLIENTENCODING.*UTF-8/],
])("what libpq would obey and this client cannot is refused by the variable's name: %s", (name, value, said) => {
  for (const url of ["postgres:///x", "postgres://u@h/x"]) {
    expect(() => parseConnection(url, { [name]: value })).toThrow(said);
    expect(() => parseConnection(url, { [name]: value })).not.toThrow(value);
  }
});

test("variables that ask for nothing else are taken, and a password file is not asked where there is a password", () => {
  const environment = { PGCLIENTENCODING: "UTF8", PGSSLNEGOTIATION: "postgres", PGSERVICEFILE: "/x", PGPASSFILE: "/x" };
  expect(parseConnection("postgres://u:p@h/x", environment).hosts).toMatchObject([{ host: "h" }]);
  expect(parseConnection("postgres://u@h/x", { PGPASSFILE: "/x", PGPASSWORD: "p" }).hosts).toHaveLength(1);
});
