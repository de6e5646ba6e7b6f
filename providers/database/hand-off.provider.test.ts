import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHandOff } from "../../environment/open-hand-off.ts";
import { Driven, type DrivenOf } from "../../test/support/provider-call.ts";
import { parseConfiguration } from "./configuration.ts";
import { handOff } from "./hand-off.provider.ts";

let folder: string;
let path: string;
let identity: string;
let recipient: string;
const reader = {
  host: "db.example.test",
  port: 5432,
  database: "postgres",
  user: "fdw_catalog_ro_a",
  password: "needle-password",
  sslmode: "require",
};
const program = (more = {}) => ({ path, recipients: [recipient], reader, ...more });

function driven(): DrivenOf<typeof handOff> {
  const { config } = parseConfiguration({}, {});
  if (!config) throw new Error("a provider without database must be possible");
  return new Driven(handOff, config);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hand-off-"));
  path = join(folder, "deeper", "reader.age");
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("what is sealed opens with the key it was sealed for, and only with that", async () => {
  const made = driven();
  await made.up(program());
  expect(await openHandOff({ path, identity })).toEqual({ ...reader, allowedFrom: [] });
  const text = await readFile(path, "utf8");
  expect(text).toMatch(/^-----BEGIN AGE ENCRYPTED FILE-----/);
  expect(text).toBe(made.state.sealed);
  expect(text + Buffer.from(text, "base64").toString("latin1")).not.toContain("needle-password");
  expect((await stat(path)).mode & 0o777).toBe(0o644);
  const stranger = await generateX25519Identity();
  await expect(openHandOff({ path, identity: stranger })).rejects.toThrow(/other keys than yours.*handOffRecipients/);
  await made.delete();
});

test("it is kept, follows changes, is repaired and goes", async () => {
  const made = driven();
  await made.up(program());
  await made.refresh();
  expect(await made.up(program())).toEqual([]);
  expect(await made.up(program({ reader: { ...reader, host: "other.example.test" } }))).toEqual(["reader.host"]);
  expect(await openHandOff({ path, identity })).toMatchObject({ host: "other.example.test" });
  expect(made.diff(program({ path: "/elsewhere" }))).toContain("path (replace)");
  await made.up(program());

  await writeFile(path, "overwritten");
  await expect(openHandOff({ path, identity })).rejects.toThrow(/damaged or no age file/);
  await made.refresh();
  expect(await made.up(program())).toEqual(["fileMatches"]);
  expect(await openHandOff({ path, identity })).toEqual({ ...reader, allowedFrom: [] });

  await made.delete();
  await made.delete();
  expect(await made.refresh()).toBe(false);
  await expect(openHandOff({ path, identity })).rejects.toThrow(/no such file.*Bring up the publisher/);
});

test("nothing is sealed that a reader could not use", async () => {
  for (const password of ["", undefined, { not: "a string" }]) {
    expect(() => driven().checked(program({ reader: { ...reader, password } }))).toThrow(
      /reader.password: the password must/,
    );
  }
  expect(() => driven().checked(program({ recipients: [] }))).toThrow(/public key of at least one/);
  expect(() => driven().checked(program({ recipients: [identity] }))).toThrow(/expected an age public key/);
  expect(() => driven().checked(program({ path: "" }))).toThrow(/path must not be empty/);
  expect(() => driven().checked(program({ reader: { ...reader, port: 6543 } }))).toThrow(/transaction pooler/);
});

test("content that is wrong is refused with all its problems", async () => {
  const file = join(folder, "wrong.age");
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const seal = async (content: string) => writeFile(file, armor.encode(await encrypter.encrypt(content)));
  await seal(
    JSON.stringify({ version: 1, host: "h", port: 0, database: "d", user: 7, password: "", sslmode: "require" }),
  );
  await expect(openHandOff({ path: file, identity })).rejects.toThrow(/user: .*password: .*port: /s);
  await seal("no json");
  await expect(openHandOff({ path: file, identity })).rejects.toThrow(/no JSON/);
  await seal(JSON.stringify({ version: 2 }));
  await expect(openHandOff({ path: file, identity })).rejects.toThrow(/version: expected 1, found 2/);
  await expect(openHandOff({ path: file, identity: "nonsense" })).rejects.toThrow(/no age secret key/);
});

test("a relative path is the program's, and state from another checkout is the same file", async () => {
  const here = process.cwd();
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  await Promise.all([one, two].map((checkout) => mkdir(checkout)));
  const relative = program({ path: "hand-off/reader.age" });
  const made = driven();
  try {
    process.chdir(one);
    await made.up(relative);
    expect(made.id).toBe("hand-off/reader.age");
    expect(JSON.stringify(made.state)).not.toContain(folder);
    // As it was recorded when the program named absolute paths.
    made.state = { ...made.state, path: join(one, "hand-off/reader.age") };
    process.chdir(two);
    expect(await made.up(relative)).toEqual(["path"]);
    expect(made.state.path).toBe("hand-off/reader.age");
    await made.delete();
    expect(await readFile(join(one, "hand-off/reader.age"), "utf8")).toContain("BEGIN AGE");
    await expect(readFile(join(two, "hand-off/reader.age"))).rejects.toThrow(/ENOENT/);
  } finally {
    process.chdir(here);
  }
});
