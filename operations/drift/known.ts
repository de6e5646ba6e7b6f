import { existsSync } from "node:fs";
import { appendFile, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { RefusedError } from "../../engine/error.ts";
import { withFileLock } from "../../engine/lock.ts";
import { projectRoot } from "../../engine/paths.ts";
import { type AcceptEntry, parseAcceptList } from "./core/accept.ts";
import { type HistoryLine, historyLines, parseHistory, shortened } from "./core/history.ts";
import type { StackResult } from "./core/result.ts";

const ACCEPT_FILE = "drift.accept.yaml";
/** Bytes from which on the history is shortened, to half of them: so it is not written again by every run. */
const HISTORY_LIMIT = 4 * 1024 * 1024;

/** The accept list of the checkout, or the one that was named. @throws RefusedError for a named one that is missing. */
export async function readAcceptList(given: string | undefined): Promise<AcceptEntry[]> {
  const path = given === undefined ? join(projectRoot, ACCEPT_FILE) : resolve(given);
  if (existsSync(path)) return parseAcceptList(await readFile(path, "utf8"), given ?? ACCEPT_FILE);
  if (given === undefined) return [];
  throw new RefusedError({
    attempted: `Reading the accept list ${given}`,
    answered: "there is no such file",
    next: "Name an existing file, or leave --accept out.",
  });
}

/** What earlier runs found: one JSON document per line, in the data folder. */
export class HistoryFile {
  readonly #path: string;

  constructor(dataDir: string) {
    this.#path = join(dataDir, "drift", "history.jsonl");
  }

  async read(): Promise<HistoryLine[]> {
    return existsSync(this.#path) ? parseHistory(await readFile(this.#path, "utf8")) : [];
  }

  async add(results: readonly StackResult[], at: string): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    await withFileLock({ path: `${this.#path}.lock` }, async () => {
      await appendFile(this.#path, historyLines(results, at), { mode: 0o600 });
      if ((await stat(this.#path)).size < HISTORY_LIMIT) return;
      const partial = `${this.#path}.${process.pid}`;
      await writeFile(partial, shortened(await this.read(), HISTORY_LIMIT / 2), { mode: 0o600 });
      await rename(partial, this.#path);
    });
  }
}
