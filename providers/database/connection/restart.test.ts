import { expect, test } from "vitest";
import { MigrationError } from "../../../db/migrate/errors.ts";
import { acrossRestarts } from "./restart.ts";

const { signal } = new AbortController();
const failure = (code: string) => Object.assign(new Error(`answered ${code}`), { code });

/** Runs work that fails with each error in turn, and then succeeds; answers what was told in between. */
async function told(errors: readonly Error[], waits = true): Promise<string[]> {
  const reasons: string[] = [];
  const left = [...errors];
  const work = async () => {
    const next = left.shift();
    if (next) throw next;
  };
  await acrossRestarts(work, { waits: () => waits, signal, onStop: (reason) => void reasons.push(reason) });
  return reasons;
}

test("work goes on once the server is back", async () => {
  const lost = new MigrationError("connection-lost", "the connection was lost");
  expect(await told([failure("57P01"), failure("ECONNREFUSED"), failure("57P03")])).toEqual([
    expect.stringMatching(/^the server ended the session \(57P01\): trying again/),
    expect.stringMatching(/^the server accepts no session \(ECONNREFUSED\): trying again/),
    expect.stringMatching(/^the server accepts no session \(57P03\): trying again/),
  ]);
  expect(await told([failure("EPIPE"), lost])).toEqual([
    expect.stringMatching(/^the server ended the session \(EPIPE\): trying again/),
    expect.stringMatching(/^the server ended the session \(CONNECTION_CLOSED\): trying again/),
  ]);
});

test("who ends a session again and again is not outwaited", async () => {
  await expect(told(Array.from({ length: 5 }, () => failure("57P01")))).rejects.toThrow("57P01");
});

test("a server that says nothing is waited for only where it may restart, and no other failure is", async () => {
  await expect(told([failure("ECONNREFUSED")], false)).rejects.toThrow("ECONNREFUSED");
  expect(await told([failure("57P03")], false)).toHaveLength(1);
  for (const code of ["42501", "28P01", "ENOTFOUND"]) await expect(told([failure(code)])).rejects.toThrow(code);
});
