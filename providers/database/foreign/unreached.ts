import type { PoolerAnswer } from "../../../db/connection/pooler-answers.ts";

/** Why a catalog cannot be read, and what to do. */
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
// directly brings the SQLSTATE the server gave.
export const UNREACHED: readonly Cause[] = [
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
];
