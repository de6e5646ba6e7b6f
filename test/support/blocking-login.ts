import type { Sql } from "postgres";

/**
 * Runs `work` while a login that may only read holds an advisory lock of a database, which any login can take.
 * @param given.key SQL expression of the lock
 * @returns what `work` gave, and whether the session that held the lock was ended for it
 */
export async function whileBlocked<T>(
  given: { owner: Sql; connect: (login: { user: string; password: string }) => Sql; key: string },
  work: () => Promise<T>,
): Promise<{ result: T; ended: boolean }> {
  const { owner, connect, key } = given;
  await owner`create role only_reads login password 'reads-only-1'`;
  const reader = connect({ user: "only_reads", password: "reads-only-1" });
  try {
    const [held] = await reader.unsafe(`select pg_backend_pid() as pid, pg_advisory_lock(${key})`);
    const result = await work();
    const left = await owner`select from pg_stat_activity where pid = ${held?.pid} and usename = 'only_reads'`;
    return { result, ended: left.length === 0 };
  } finally {
    await reader.end({ timeout: 1 });
    await owner`drop role only_reads`;
  }
}
