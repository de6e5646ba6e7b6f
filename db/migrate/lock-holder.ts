/** Who holds the migration lock, as far as the asking role may see. */
export type LockHolder = {
  pid: number;
  application: string;
  user: string;
  /** ISO 8601: when that session began. */
  since: string;
  state: string;
  /** What it runs, or ran last; cut at 200 characters. */
  query: string;
  /** Its role can run no migration: a run ends such a session. */
  stranger: boolean;
};

/** One line about a holder. */
export function describeHolder(holder: LockHolder | undefined): string {
  if (!holder) return "a session that has just ended";
  const { application, pid, user, since, state, query } = holder;
  const doing = `${state || "state hidden"}: ${query || "(query hidden)"}`;
  const pooled = /^Supavisor(?: - (.*))?$/.exec(application);
  if (!pooled) return `"${application}" (pid ${pid}, role ${user}), connected since ${since}, ${doing}`;
  const client = pooled[1] ? `the client "${pooled[1]}"` : "a client that gave no name";
  // The pooler keeps its server connections, so that they may be older than their clients.
  return `${client} of the session pooler (pid ${pid}, role ${user}, the pooler's session since ${since}), ${doing}`;
}
