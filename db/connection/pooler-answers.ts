/** Something a connection pooler answers itself, before a database hears of it. */
export interface PoolerAnswer {
  /** What Supavisor calls it since 2.8; it stands in parentheses before the text. */
  readonly code: string;
  /** What the text says, in any release. */
  readonly text: RegExp;
  readonly cause: string;
  readonly next: string;
}

/**
 * The answers of Supavisor, nearly all with SQLSTATE XX000: facts/platform-facts.json, sessionPooler.answers, and
 * lib/supavisor/errors of its source (2.9). Codes count first, the words of earlier releases second.
 */
export const POOLER_ANSWERS: readonly PoolerAnswer[] = [
  {
    code: "ECIRCUITBREAKER",
    text: /circuit breaker|too many authentication failures|temporarily blocked/i,
    cause: "the pooler blocks this address for now: wrong passwords, or a database it did not reach",
    next: "Stop what logs in with an old password, wait 2 minutes without a try, then run the command again.",
  },
  {
    code: "EAUTHQUERY",
    text: /user not found in the database/i,
    cause: "the pooler finds no such role in the database, or none that may log in now",
    next: "Check the user (the part before the dot): it exists, may log in, and is not past its VALID UNTIL.",
  },
  {
    code: "EAUTHQUERY",
    text: /authentication query|auth_query|scram secret|secret format/i,
    cause: "the pooler could not look the password up in the database",
    next: "Is the project active and its database not out of connections? Then run the command again.",
  },
  {
    code: "EMAXCONNSESSION",
    text: /max clients reached.*session mode/i,
    cause: "every session of the session pooler's pool is taken",
    next: "End idle clients, raise the pool size in the project's database settings, or connect directly.",
  },
  {
    code: "EMAXCONN",
    text: /max client connections reached/i,
    cause: "the pooler takes no more clients",
    next: "End idle clients, or wait until others finish; then run the command again.",
  },
  {
    code: "ECHECKOUTTIMEOUT",
    text: /(?:unable to check ?out|check ?out timeout)/i,
    cause: "no connection of the pool became free in time",
    next: "Look for long statements and idle transactions, or raise the pool size; then run the command again.",
  },
  {
    code: "EADDRNOTALLOWED",
    text: /allow_list/i,
    cause: "the project's network restrictions keep this address out",
    next: "Add this address to the project's network restrictions.",
  },
  {
    code: "ESSLREQUIRED",
    text: /ssl connection is required/i,
    cause: "the project takes TLS alone",
    next: "Connect with sslmode=require or more.",
  },
  {
    code: "EBANNED",
    text: /tenant is banned/i,
    cause: "the platform has banned the project",
    next: "See the reason in the text, and the project's page in the dashboard; support lifts a ban.",
  },
  {
    code: "ENOIDENTIFIER",
    text: /no tenant identifier/i,
    cause: "the user names no project",
    next: "Log in as ROLE.REF, such as postgres.abcdefghijklmnopqrst.",
  },
  {
    code: "ENOTFOUND",
    text: /tenant.*not found/i,
    cause: "the pooler knows no project behind that user",
    next: "Check the pooler's host (each region has its own), and the user in the form ROLE.REF.",
  },
  {
    code: "EAUTHTIMEOUT",
    text: /timeout while waiting for the client|authentication timeout/i,
    cause: "the log-in took longer than the pooler waits",
    next: "Run the command again; where it comes back, look at the network between here and the pooler.",
  },
  {
    code: "ESTARTUPPACKETTOOLARGE",
    text: /startup packet.*too large/i,
    cause: "the pooler takes start-up packets up to 1024 bytes",
    next: "Leave parameters out of the connection string, and SET them after connecting.",
  },
  {
    code: "ESESSIONLEAK",
    text: /not allowed in transaction mode/i,
    cause: "the transaction pooler refuses what would outlive the transaction",
    next: "Use SET LOCAL inside a transaction, or the session pooler (port 5432).",
  },
];

/** What a pooler meant by an answer; undefined where it is not a pooler's own. */
export function poolerAnswer(answer: { code?: unknown; message: string }): PoolerAnswer | undefined {
  // A database's own errors have other SQLSTATEs; words of a migration are not to be taken for an answer.
  if (answer.code !== "XX000" && answer.code !== "08P01") return undefined;
  return poolerAnswerIn(answer.message);
}

/** The same of text in which another server passes it on. */
export function poolerAnswerIn(text: string): PoolerAnswer | undefined {
  const named = /\((E[A-Z]{4,})\)/.exec(text)?.[1];
  const sameCode = POOLER_ANSWERS.filter(({ code }) => code === (named === "ESETNOTALLOWED" ? "ESESSIONLEAK" : named));
  return (
    sameCode.find(({ text: words }) => words.test(text)) ??
    sameCode.at(-1) ??
    POOLER_ANSWERS.find((one) => one.text.test(text))
  );
}
