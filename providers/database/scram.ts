import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Postgres' own default (scram_iterations). */
const ITERATIONS = 4096;

/**
 * The SCRAM-SHA-256 verifier of a password, in the form Postgres stores (RFC 5803, "SCRAM-SHA-256$iterations:salt$..."):
 * ALTER ROLE takes it as it is, so that the password itself never travels. The password must be ASCII.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, "sha256");
  const key = (name: string) => createHmac("sha256", salted).update(name).digest();
  const stored = createHash("sha256").update(key("Client Key")).digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${stored}:${key("Server Key").toString("base64")}`;
}
