import { poolerAnswerIn } from "../../../db/connection/pooler-answers.ts";
import { type Cause, UNREACHED } from "./unreached.ts";

/** What a database answered about another one, as far as it may be shown. */
export interface ForeignAnswer {
  /** SQLSTATE. */
  code: string;
  message: string;
  detail: string;
}

/** Every cause; the first that fits counts. The source of the table in docs/explanation/catalog.md. */
export const CAUSES: readonly Cause[] = [
  ...UNREACHED,
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
