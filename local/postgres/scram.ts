import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";

/** Postgres' own default (scram_iterations). */
const ITERATIONS = 4096;

/**
 * The SCRAM-SHA-256 verifier of a password, as Postgres stores it (RFC 5803). Given to ALTER ROLE it sets the
 * password without the password itself reaching any statement or log.
 */
export function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password.normalize("NFKC"), salt, ITERATIONS, 32, "sha256");
  const clientKey = createHmac("sha256", salted).update("Client Key").digest();
  const storedKey = createHash("sha256").update(clientKey).digest("base64");
  const serverKey = createHmac("sha256", salted).update("Server Key").digest("base64");
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString("base64")}$${storedKey}:${serverKey}`;
}

/** A password that is never typed: 192 random bits, safe in URLs and in quoted SQL. */
export function randomPassword(): string {
  return randomBytes(24).toString("base64url");
}
