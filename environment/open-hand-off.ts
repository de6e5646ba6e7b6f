import { readFile } from "node:fs/promises";

/** What a hand-off holds. */
export interface HandOffContent {
  host: string;
  port: number;
  database: string;
  user: string;
  password: string;
  sslmode: string;
  /** Name in the server's certificate, where it is not `host`. */
  serverName?: string;
  /** Ranges the publisher's network restrictions admit; none where everybody is admitted, or nothing is known. */
  allowedFrom: string[];
}

const FORMAT_VERSION = 1;

/**
 * Opens the file a `HandOff` wrote.
 * @param options.identity the age secret key (AGE-SECRET-KEY-1...) that belongs to one of its recipients
 * @throws {Error} naming the file, what is wrong with it (all problems of its content at once) and what to do
 */
export async function openHandOff(options: { path: string; identity: string }): Promise<HandOffContent> {
  const sealed = await read(options.path);
  const opened = await decrypt({ ...options, sealed });
  let content: unknown;
  try {
    content = JSON.parse(opened);
  } catch {
    throw failure(
      options.path,
      "it opens, and what is in it is no JSON",
      "Bring up the publisher again: it rewrites it.",
    );
  }
  const problems = problemsOf(content);
  if (problems.length > 0) {
    throw failure(
      options.path,
      `its content is wrong:\n  - ${problems.join("\n  - ")}`,
      "Bring up the publisher again.",
    );
  }
  // Every property was just checked.
  const { host, port, database, user, password, sslmode, serverName, allowedFrom = [] } = content as HandOffContent;
  return { host, port, database, user, password, sslmode, allowedFrom, ...(serverName ? { serverName } : {}) };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw failure(path, "there is no such file", "Bring up the publisher (Production) first: it writes it.");
    }
    throw failure(path, error instanceof Error ? error.message : String(error), "Make the file readable.");
  }
}

async function decrypt(options: { path: string; identity: string; sealed: string }): Promise<string> {
  const { armor, Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  try {
    decrypter.addIdentity(options.identity);
  } catch {
    const next = "Set handOffIdentity to the secret key (AGE-SECRET-KEY-1...) whose public key the publisher lists.";
    throw failure(options.path, "the key it is to be opened with is no age secret key", next);
  }
  try {
    return await decrypter.decrypt(armor.decode(options.sealed), "text");
  } catch (error) {
    const wrongKey = error instanceof Error && /no identity matched/.test(error.message);
    throw wrongKey
      ? failure(
          options.path,
          "it is sealed for other keys than yours",
          "Have your public key added to handOffRecipients of the publisher, bring it up, and fetch the new file.",
        )
      : failure(options.path, "it is damaged or no age file", "Fetch it again, or bring up the publisher again.");
  }
}

function problemsOf(content: unknown): string[] {
  if (typeof content !== "object" || content === null) return ["it is no object"];
  const held = new Map<string, unknown>(Object.entries(content));
  const version = held.get("version");
  if (version !== FORMAT_VERSION) return [`version: expected ${FORMAT_VERSION}, found ${String(version)}`];
  const problems = ["host", "database", "user", "password", "sslmode"]
    .filter((name) => typeof held.get(name) !== "string" || held.get(name) === "")
    .map((name) => `${name}: expected a non-empty string`);
  const port = held.get("port");
  if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535)
    problems.push("port: expected a port number");
  if (held.has("serverName") && typeof held.get("serverName") !== "string")
    problems.push("serverName: expected a string");
  const ranges = held.get("allowedFrom") ?? [];
  if (!Array.isArray(ranges) || ranges.some((range) => typeof range !== "string"))
    problems.push("allowedFrom: expected a list of ranges");
  return problems;
}

function failure(path: string, answer: string, next: string): Error {
  return new Error(`The hand-off ${path} cannot be used: ${answer}. ${next}`);
}
