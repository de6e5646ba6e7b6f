/** Wrong passwords from one address for one project within the first time that block it for the second, in milliseconds. */
const WRONG_PASSWORDS = { most: 10, withinMs: 150_000, blockedMs: 120_000 };

/** Counts the clients of pools, and wrong passwords of addresses, as Supavisor does. */
export interface Limits {
  /** Takes a place in a pool and answers how to give it back; undefined when the pool is full. */
  enter(pool: string, size: number): (() => void) | undefined;
  /** Whether wrong passwords have blocked an address for a project. */
  isBlocked(ref: string, address: string): boolean;
  /** Counts a wrong password. */
  failed(ref: string, address: string): void;
}

/** Of one pooler; nothing is kept over a restart. */
export function createLimits(now: () => number = Date.now): Limits {
  const clients = new Map<string, number>();
  const failures = new Map<string, number[]>();
  const blocked = new Map<string, number>();
  return {
    enter: (pool, size) => {
      const there = clients.get(pool) ?? 0;
      if (there >= size) return undefined;
      clients.set(pool, there + 1);
      let left = false;
      return () => {
        if (!left) clients.set(pool, (clients.get(pool) ?? 1) - 1);
        left = true;
      };
    },
    isBlocked: (ref, address) => (blocked.get(`${ref} ${address}`) ?? 0) > now(),
    failed: (ref, address) => {
      const key = `${ref} ${address}`;
      const recent = [...(failures.get(key) ?? []), now()].filter((at) => at > now() - WRONG_PASSWORDS.withinMs);
      failures.set(key, recent);
      if (recent.length >= WRONG_PASSWORDS.most) blocked.set(key, now() + WRONG_PASSWORDS.blockedMs);
    },
  };
}
