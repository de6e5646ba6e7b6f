/** What somebody with the reader's password tries on Production, as `statement`s on one connection; the last one decides. */
export interface Trial {
  readonly what: string;
  readonly statements: readonly string[];
  /** `allowed`, or the SQLSTATE it is refused with. */
  readonly outcome: string;
  /** What bounds it, for the documentation. */
  readonly bound: string;
}

const WATCHDOG = "`environment.end_reader_sessions()`";

/** The source of the table in docs/explanation/security.md. */
export const trials: readonly Trial[] = [
  {
    what: "take its time-outs off",
    statements: ["set statement_timeout = 0; set transaction_timeout = 0; set idle_session_timeout = 0", "select 1"],
    outcome: "allowed",
    bound: `${WATCHDOG} ends what runs longer than the login's own bounds`,
  },
  {
    what: "sort in memory as much as it likes",
    statements: ["set work_mem = '1GB'", "select 1"],
    outcome: "allowed",
    bound: "connection limit x work_mem; no setting of a role forbids it",
  },
  {
    what: "fill temporary files by a sort",
    statements: [
      "set work_mem = '64kB'",
      "select count(*) from (select g from generate_series(1, 200000) g order by md5(g::text)) s",
    ],
    outcome: "allowed",
    bound: "`temp_file_limit` of the server; only a superuser sets it",
  },
  { what: "lift temp_file_limit", statements: ["set temp_file_limit = -1"], outcome: "42501", bound: "refused" },
  {
    what: "make temporary tables",
    statements: ["begin read write", "create temporary table mine as select g from generate_series(1, 1000) g"],
    outcome: "allowed",
    bound: `${WATCHDOG}; \`revoke temporary on database postgres from public\`, where the application makes none`,
  },
  {
    what: "store large objects",
    statements: ["begin read write", "select lo_from_bytea(0, decode('00', 'hex'))", "commit"],
    outcome: "allowed",
    bound: `the disk alone; ${WATCHDOG} counts them, a rotation drops them with the login`,
  },
  {
    what: "hold advisory locks",
    statements: ["select pg_advisory_lock(1)"],
    outcome: "allowed",
    bound: `${WATCHDOG}; this project's own locks end such sessions`,
  },
  {
    what: "keep a table from being altered",
    statements: ["begin", "lock table catalog.cruise_lines in access share mode"],
    outcome: "allowed",
    bound: `${WATCHDOG}, after transaction_timeout`,
  },
  {
    what: "call functions of PUBLIC, such as pg_sleep and pg_notify",
    statements: ["select pg_notify('mine', 'x'), pg_sleep(0)"],
    outcome: "allowed",
    bound: "they act as the reader; what acts as its owner is named by `doctor`",
  },
  {
    what: "read what others run",
    statements: [
      "select 1 / count(*) from pg_stat_activity where usename <> current_user and query <> '<insufficient privilege>' and query <> ''",
    ],
    outcome: "22012",
    bound: "hidden",
  },
  {
    what: "read files of the server",
    statements: ["select pg_read_file('PG_VERSION')"],
    outcome: "42501",
    bound: "refused",
  },
  { what: "list the server's folders", statements: ["select pg_ls_dir('.')"], outcome: "42501", bound: "refused" },
  {
    what: "end other sessions",
    statements: ["select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'"],
    outcome: "42501",
    bound: "refused",
  },
  {
    what: "reach other servers (extensions)",
    statements: ["create extension dblink"],
    outcome: "25006",
    bound: "refused; 42501 where it writes",
  },
  {
    what: "read password verifiers",
    statements: ["select rolpassword from pg_authid"],
    outcome: "42501",
    bound: "refused",
  },
];

/** The table as the documentation shows it. */
export function stolenTable(): string {
  const said = (outcome: string) => (outcome === "allowed" ? "yes" : "no");
  const rows = trials.map(({ what, outcome, bound }) => `| ${what} | ${said(outcome)} | ${bound} |`);
  return ["| with the reader's password | possible | bound |", "|---|---|---|", ...rows].join("\n");
}
