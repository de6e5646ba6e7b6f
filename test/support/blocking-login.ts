import type { Sql } from "postgres";

/**
 * Runs `work` while a login that may only read holds an advisory lock of a database, which any login can take.
 * @param given.key SQL expression of the lock
 * @returns what `work` gave, and how the login's session ended: a SQLSTATE, or `open` where nobody ended it
 */
export async function whileBlocked<T>(
  given: { owner: Sql; connect: (login: { user: string; password: string }) => Sql; key: string },
  work: () => Promise<T>,
): Promise<{ result: T; ended: string }> {
  const { owner, connect, key } = given;
  await owner`create role only_reads login password 'reads-only-1'`;
  const reader = connect({ user: "only_reads", password: "reads-only-1" });
  try {
    await reader.unsafe(`select pg_advisory_lock(${key})`);
    const result = await work();
    const ended = await reader`select 1`.then(
      () => "open",
      (error: { code: string }) => error.code,
    );
    return { result, ended };
  } finally {
    await reader.end({ timeout: 1 });
    await owner`drop role only_reads`;
  }
}
