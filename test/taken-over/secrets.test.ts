import { createHash, randomBytes } from "node:crypto";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { expect, test } from "vitest";
import { scramVerifier } from "../../local/postgres/scram.ts";
import { findSecrets } from "./secrets.ts";

const random = (length: number) => randomBytes(length).toString("base64url");
const sentence = (value: string) => `insert into somewhere values ('one', '${value}', 2);\n`;

test.each([
  ["a generated password", async () => `A1b${random(24)}`],
  ["a key in hexadecimal", async () => `a1${randomBytes(32).toString("hex")}`],
  ["a verifier", async () => scramVerifier("x")],
  ["an age identity", async () => generateX25519Identity()],
  ["an age recipient", async () => identityToRecipient(await generateX25519Identity())],
  ["a token of the Management API", async () => `sbp_${randomBytes(20).toString("hex")}`],
  ["an API key", async () => `sb_secret_${random(16)}_${random(6)}`],
  ["a JWT", async () => `${Buffer.from('{"alg":"HS256"}').toString("base64url")}.${random(40)}.${random(32)}`],
  ["a sealed file", async () => "-----BEGIN AGE ENCRYPTED FILE-----"],
  ["the salt of a passphrase", async () => `v1:${randomBytes(8).toString("base64")}:v1:${random(12)}:${random(20)}`],
])("finds %s in a text", async (_, make) => {
  expect(findSecrets(sentence(await make()), new Set())).not.toEqual([]);
});

test.each([
  [`CREATE USER MAPPING FOR postgres SERVER s OPTIONS (password 'short');`],
  [`ALTER ROLE reader PASSWORD 'short';`],
  [`{ "databasePassword": "short" }`],
  [String.raw`{ "plaintext": "{\"password\":\"short\"}" }`],
  [String.raw`{ "result": { "plaintext": "\"short\"" } }`],
])("finds even a short password by where it stands: %s", (text) => {
  expect(findSecrets(text, new Set())).not.toEqual([]);
});

test("leaves identifiers, ids, placeholders and named hashes alone", () => {
  const hash = createHash("sha256").update("a migration").digest("hex");
  const text = ["row_security_of_a_long_name", crypto.randomUUID(), "{{fixture:prod.databasePassword}}", hash].map(
    sentence,
  );
  expect(findSecrets(text.join(""), new Set([hash]))).toEqual([]);
  expect(findSecrets(text.join(""), new Set())).toEqual([hash]);
});
