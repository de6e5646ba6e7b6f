/** What the pooler answers itself: SQLSTATE, and a text that begins with Supavisor's code in parentheses. */
export interface Answer {
  sqlstate: string;
  message: string;
}

const supavisor = (code: string, text: string, sqlstate = "XX000"): Answer => ({
  sqlstate,
  message: `(${code}) ${text}`,
});

/** Codes and SQLSTATEs are those of facts/platform-facts.json, sessionPooler.answers; the words are near them. */
export const refusals = {
  tooLarge: (bytes: number) =>
    supavisor("ESTARTUPPACKETTOOLARGE", `startup packet of ${bytes} bytes, at most ${LONGEST_STARTUP}`, "08P01"),
  noIdentifier: () => supavisor("ENOIDENTIFIER", "no tenant identifier provided"),
  notFound: (user: string) => supavisor("ENOTFOUND", `tenant/user ${user} not found`),
  needsTls: (user: string) => supavisor("ESSLREQUIRED", `SSL connection is required, user ${user}`),
  address: (from: string) => supavisor("EADDRNOTALLOWED", `address not in tenant allow_list: ${from}`),
  full: (size: number) =>
    supavisor("EMAXCONNSESSION", `max clients reached in session mode, limited to pool_size: ${size}`),
  blocked: () =>
    supavisor("ECIRCUITBREAKER", "too many authentication failures, new connections are temporarily blocked"),
  noRole: (role: string) => supavisor("EAUTHQUERY", `user not found in the database: ${role}`),
  unreachable: (reason: string): Answer => ({ sqlstate: "XX000", message: `database unreachable: ${reason}` }),
};

/** Longest startup packet Supavisor reads, in bytes. */
export const LONGEST_STARTUP = 1024;
