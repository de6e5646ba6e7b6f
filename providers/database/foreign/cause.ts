import { type PoolerAnswer, poolerAnswerIn } from "../../../db/connection/pooler-answers.ts";

/** What a database answered about another one, as far as it may be shown. */
export interface ForeignAnswer {
  /** SQLSTATE. */
  code: string;
  message: string;
  detail: string;
}

/** Why a catalog cannot be read, and what to do. The source of the table in docs/explanation/catalog.md. */
export interface Cause {
  /** SQLSTATEs it arrives with, from the subscriber's database. */
  readonly states: readonly string[];
  /** What the text says, where the SQLSTATE alone does not tell. */
  readonly text?: RegExp;
  /** What the pooler in front of the publisher calls it. */
  readonly pooler?: readonly PoolerAnswer["code"][];
  readonly cause: string;
  readonly next: string;
  /** The publisher is not reached at all: every other table fails alike. */
  readonly unreached?: true;
  /** What network restrictions of the publisher look like from outside. */
  readonly restrictable?: true;
}

// The wrapper reports every failed connection as 08001, and what libpq said is in the text only. A login that is tried
// directly brings the SQLSTATE the server gave. The first that fits counts.
export const CAUSES: readonly Cause[] = [
  {
    states: ["08001", "XX000"],
    pooler: ["ECIRCUITBREAKER"],
    cause: "the pooler blocks this database after wrong passwords",
    next: "run `up` here with the newest hand-off, and wait 2 minutes without a read",
    unreached: true,
  },
  {
    states: ["08001", "28P01"],
    text: /password authentication failed|SASL|no password supplied/i,
    cause: "the publisher refuses the reader's password",
    next: "run `up` on the publisher (it writes a new hand-off), then here",
    unreached: true,
  },
  {
    states: ["08001", "28000"],
    text: /is not permitted to log in|role ".*" does not exist|user not found in the database/,
    cause: "that login of the reader was retired",
    next: "fetch the newest hand-off, then run `up`",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["EAUTHQUERY"],
    cause: "the pooler could not look up the reader's password",
    next: "is the publisher's project active, with connections to spare? Then run it again",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["EMAXCONNSESSION"],
    cause: "every session of the publisher's session pool is taken",
    next: "close idle sessions here, raise the pool size on the publisher, or hand over its direct address",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["ECHECKOUTTIMEOUT"],
    cause: "the publisher's pool had no connection to give in time",
    next: "look for long statements on the publisher, then run it again",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["EBANNED"],
    cause: "the platform has banned the publisher's project",
    next: "see the reason in the text; who owns the publisher asks support",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["ENOTFOUND", "ENOIDENTIFIER"],
    cause: "the pooler knows no such project or user",
    next: "fetch the newest hand-off, then run `up`",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    pooler: ["EADDRNOTALLOWED"],
    cause: "network restrictions of the publisher keep this database out",
    next: "allow its address there; a hosted database has no fixed one",
    unreached: true,
    restrictable: true,
  },
  {
    states: ["08001", "28000"],
    text: /no pg_hba\.conf entry|pg_hba\.conf rejects/,
    cause: "the publisher admits neither this address nor this way of connecting",
    next: "check its network restrictions, whether it wants TLS, and sslmode of the server",
    unreached: true,
    restrictable: true,
  },
  {
    states: ["08001", "53300"],
    text: /too many (connections|clients)|remaining connection slots|max clients|max client connections/i,
    cause: "the publisher or the reader has no connection left",
    next: "close idle sessions here, or raise readerConnectionLimit on the publisher",
    unreached: true,
  },
  {
    states: ["08001"],
    text: /could not translate host name/,
    cause: "the publisher's host name has no address",
    next: "fetch the newest hand-off; a direct host needs IPv6",
    unreached: true,
  },
  {
    states: ["08001", "XX000"],
    text: /SSL|certificate/,
    cause: "TLS of the publisher does not fit sslmode",
    next: "check sslmode and sslrootcert of the server options",
    unreached: true,
  },
  {
    states: ["08001", "57P03"],
    text: /the database system is|not accepting connections/,
    cause: "the publisher is starting or stopping",
    next: "wait a moment, then run it again",
    unreached: true,
  },
  {
    states: ["08001", "3D000"],
    text: /database ".*" does not exist/,
    cause: "the publisher has no such database",
    next: "fetch the newest hand-off, then run `up`",
    unreached: true,
  },
  {
    states: ["08001"],
    text: /timeout|timed out/i,
    cause: "the publisher does not answer",
    next: "is it paused, or do its network restrictions drop the connection?",
    unreached: true,
    restrictable: true,
  },
  {
    states: ["08001"],
    text: /no route|unreachable/i,
    cause: "there is no way to the publisher's address",
    next: "a direct host needs IPv6: set handOffConnection to session on the publisher",
    unreached: true,
  },
  {
    states: ["08001"],
    text: /refused/i,
    cause: "nothing listens at the publisher's address",
    next: "is its project active? After wrong passwords an address is banned for a while, too",
    unreached: true,
    restrictable: true,
  },
  {
    states: ["08001"],
    cause: "the publisher ended the connection at its start",
    next: "is its project active? Then run it again",
    unreached: true,
  },
  {
    states: ["08006", "08003", "57P01", "57P05", "25P03"],
    cause: "the connection to the publisher was lost",
    next: "run it again: the next transaction connects again",
  },
  {
    states: ["2F003"],
    cause: "the publisher asks for no password, which the wrapper refuses",
    next: "have the publisher's pg_hba.conf ask for scram-sha-256",
    unreached: true,
  },
  {
    states: ["57014"],
    cause: "no answer within statement_timeout",
    next: "is the publisher reached, and not overloaded? A silent network restriction looks like this, too",
    unreached: true,
    restrictable: true,
  },
  {
    states: ["42501"],
    text: /foreign (table|server)|function/,
    cause: "the role lacks the privilege here",
    next: "run `up` here",
  },
  {
    states: ["42501"],
    cause: "the reader lacks the privilege on the publisher",
    next: "run `up` on the publisher",
  },
  {
    states: ["42703"],
    cause: "the publisher dropped or renamed a column",
    next: "run `up` here",
  },
  {
    states: ["42P01"],
    cause: "the table is missing, here or on the publisher",
    next: "run the migrations of the publisher, then `up` here",
  },
  {
    states: ["42704"],
    text: /user mapping/,
    cause: "the role has no mapping",
    next: "run `up` here",
  },
  {
    states: ["22P02", "22001", "22003", "22007", "22008"],
    cause: "a value does not fit the type the column has here",
    next: "run `up` here: it takes over the publisher's types",
  },
  {
    states: ["HV00Q", "HV00R", "HV00P", "3F000"],
    cause: "the publisher lacks the schema or table",
    next: "run the migrations of the publisher, then `up` here",
  },
  {
    states: ["HV00D", "HV00C", "HV00J", "HV00N", "HV000"],
    cause: "the server or table has an option the wrapper refuses",
    next: "run `up` here: it sets the options",
  },
  {
    states: ["0A000", "55000"],
    cause: "the catalog is read only",
    next: "write on the publisher",
  },
];

/** Why it failed; undefined for what has nothing to do with another database. */
export function causeOf({ code, message, detail }: ForeignAnswer): Cause | undefined {
  const text = `${message} ${detail}`;
  // Words of a pooler mean what they say where the publisher was not reached, and nowhere else.
  const pooler = code === "08001" || code === "XX000" ? poolerAnswerIn(text)?.code : undefined;
  return CAUSES.find(
    (one) =>
      one.states.includes(code) &&
      (one.text?.test(text) ?? true) &&
      (one.pooler === undefined || one.pooler.some((code) => code === pooler)),
  );
}

/** Causes that a failure shows by its text, or that only the wrapper reports. */
export function isForeign({ code, message, detail }: ForeignAnswer): boolean {
  return /could not connect to server/.test(`${message} ${detail}`) || /^(08|HV)/.test(code);
}
