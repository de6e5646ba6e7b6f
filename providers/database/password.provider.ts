import { randomInt } from "node:crypto";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared } from "../host/declaration.ts";
import { type Kind, kind } from "../host/kind.ts";
import type { Configuration } from "./configuration.ts";
import { type Inputs, type Outputs, passwordDeclaration } from "./declarations/password.ts";

type State = Inputs & Outputs;

// Letters and digits only: no connection string, shell or SQL has to escape any of them.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** A password of letters and digits, `length` of them, each with 5.95 bits. */
export function generatePassword(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
}

/** A generated password kept in the state. It has no outside effect: what it is used for is another resource's. */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(passwordDeclaration),
  check: (news, unknowns) => checkWith(passwordDeclaration.inputs, news, unknowns),
  diff: (olds, news) => compare(olds, news, { update: ["length", "generation"] }),
  unsettled: () => ["result"],
  async create(_call, news) {
    return { id: "password", state: { ...news, result: generatePassword(news.length) } };
  },
  async read(_call, id, recorded) {
    if (!recorded) throw new Error("A Password cannot be imported: it exists in the state only. Create it instead.");
    return { id, state: recorded };
  },
  async update(_call, _id, _olds, news) {
    return { ...news, result: generatePassword(news.length) };
  },
  async delete() {},
};

export const password = kind(definition);
