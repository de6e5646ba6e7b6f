import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openHandOff } from "../../environment/open-hand-off.ts";
import { checkCatalog as doctorOf } from "../../operations/doctor/catalog.ts";
import { checkLogin } from "../../operations/doctor/database.ts";
import { admittedRanges, explainRestrictions } from "../../operations/doctor/platform.ts";
import { catalogSnapshot } from "../../providers/database/catalog-snapshot.provider.ts";
import { admittedFrom } from "../../providers/database/connection/restrictions.ts";
import { handOff } from "../../providers/database/hand-off.provider.ts";
import { readerRole } from "../../providers/database/reader-role.provider.ts";
import { configurationOf, Driven, type DrivenOf } from "../support/provider-call.ts";
import { type Pair, startPair } from "./pair.ts";

let pair: Pair;
let reader: DrivenOf<typeof readerRole>;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "restrictions-"));
  pair = await startPair();
  const { endpoint, token } = pair.cloud.management;
  const more = { managementEndpoint: endpoint, managementToken: token };
  const config = configurationOf(pair.prod, more);
  reader = new Driven(readerRole, config);
  Object.assign(reader, { id: pair.reader.id, state: pair.reader.state, inputs: pair.reader.inputs });
});
afterAll(async () => {
  await pair?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function admit(v4: string[], v6: string[]): Promise<void> {
  const { endpoint, token } = pair.cloud.management;
  const response = await fetch(`${endpoint}/v1/projects/${pair.prod.ref}/network-restrictions/apply`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ dbAllowedCidrs: v4, dbAllowedCidrsV6: v6 }),
  });
  expect(response.status).toBe(201);
}

test("where everybody is admitted, nothing is said", async () => {
  await reader.refresh();
  expect(reader.state.allowedFrom).toEqual([]);
  expect(reader.messages).toEqual([]);
});

test("the publisher sees restrictions, and hands them over; a subscriber's failure names them at once", async () => {
  // This test's own session stays; the subscriber's database connects from 127.0.0.1, which is kept out.
  await pair.prod.sql`select 1`;
  await admit(["10.9.8.0/24"], ["2001:db8::/32"]);
  const ranges = ["10.9.8.0/24", "2001:db8::/32"];

  expect(await admittedFrom(reader.call)).toEqual({ allowedFrom: ranges });
  expect(reader.messages.join()).toMatch(/network restrictions admit only 10\.9\.8\.0\/24, 2001:db8::\/32.*no fixed/);

  const identity = await generateX25519Identity();
  const file = new Driven(handOff, configurationOf(pair.prod));
  const { host, port } = pair.prod;
  const path = join(folder, "hand-off.age");
  await file.up({
    path,
    recipients: [await identityToRecipient(identity)],
    reader: { host, port, database: "postgres", user: "u", password: "p", sslmode: "require", allowedFrom: ranges },
  });
  const opened = await openHandOff({ path, identity });
  expect(opened.allowedFrom).toEqual(ranges);

  const program = pair.catalogProgram({ allowedFrom: opened.allowedFrom });
  const named = /admit only 10\.9\.8\.0\/24, 2001:db8::\/32: have this database's address added/;
  pair.catalog.inputs = pair.catalog.checked(program);
  const began = performance.now();
  await pair.catalog.refresh();
  expect(pair.catalog.state.differences.join()).toMatch(named);
  await expect(pair.catalog.up(program)).rejects.toThrow(named);
  const copy = new Driven(catalogSnapshot, configurationOf(pair.preview));
  const { secretRevision: _, roles: __, server: ___, ...copied } = program;
  await expect(copy.up({ ...copied, timeoutSeconds: 2 })).rejects.toThrow(named);
  expect(performance.now() - began).toBeLessThan(5_000);
});

test("doctor lists them, and says whom they keep out", async () => {
  const ranges = ["10.9.8.0/24", "2001:db8::/32"];
  expect(await admittedRanges(pair.cloud.management, pair.prod.ref)).toEqual(ranges);
  const { host, port, password } = pair.prod;
  const login = { host, port, password, user: "postgres", database: "postgres" };
  const refused = explainRestrictions(ranges, await checkLogin("direct", login));
  expect(refused).toMatchObject([
    { check: "network", level: "note", found: expect.stringContaining("10.9.8.0/24, 2001:db8::/32") },
    {
      check: "direct",
      level: "error",
      next: expect.stringMatching(/admit only 10\.9\.8\.0\/24.*this machine's address/),
    },
  ]);
  await admit(["0.0.0.0/0"], ["::/0"]);
  expect(await admittedRanges(pair.cloud.management, pair.prod.ref)).toEqual([]);
  const warned = await doctorOf(login, ranges);
  expect(warned).toMatchObject([
    { level: "ok", found: expect.stringContaining("published to 1 log-ins") },
    { level: "warning", found: expect.stringMatching(/keep out the databases of subscribers.*10\.9\.8\.0\/24/) },
    { check: "reader" },
  ]);
  expect((await doctorOf(login)).map(({ level }) => level)).toEqual(["ok", "note"]);
});

test("only a part of IPv4, no address at all, and an API that refuses are told apart", async () => {
  await admit(["0.0.0.0/0"], ["2001:db8::/32"]);
  expect(await admittedFrom(reader.call)).toEqual({ allowedFrom: ["0.0.0.0/0", "2001:db8::/32"] });
  await admit([], []);
  expect(await admittedFrom(reader.call)).toEqual({ allowedFrom: ["nobody"] });
  await admit(["0.0.0.0/0"], ["::/0"]);
  expect(await admittedFrom(reader.call)).toEqual({ allowedFrom: [] });
  const { endpoint } = pair.cloud.management;
  const refused = configurationOf(pair.prod, { managementEndpoint: endpoint, managementToken: "sbp_none" });
  const other = new Driven(readerRole, refused);
  expect(await admittedFrom(other.call)).toEqual({ allowedFrom: [] });
  expect(other.messages.join()).toMatch(
    /could not be read \(\[GET\] \S+network-restrictions: 401 .*access token is not valid/,
  );
  await pair.catalog.refresh();
  expect(pair.catalog.state.differences).toEqual([]);
});
