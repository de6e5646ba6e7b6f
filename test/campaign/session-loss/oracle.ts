import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** A labelled statement as the server ran it. */
type Ran = { pid: string; transaction: string; label: string; line: string };

const labelled = /^(\d+)\|([^|]*)\|LOG: {2}(?:statement|execute [^:]*): .*\/\* (\w+) \*\//;

/** Settings that make a server write every statement, with its process and its transaction, into `folder`. */
export function loggingTo(folder: string): string[] {
  return [
    ...["logging_collector = on", `log_directory = '${folder}'`, "log_filename = 'statements.log'"],
    ...["log_file_mode = 0644", "log_statement = all", "log_line_prefix = '%p|%v|'", "log_min_error_statement = panic"],
  ];
}

/** Reads the server's log from where it was left, up to a line that holds `end`. */
export class ServerLog {
  readonly #file: string;
  #read = 0;

  constructor(folder: string) {
    this.#file = `${folder}/statements.log`;
  }

  async upTo(end: string): Promise<Ran[]> {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(5)) {
      const text = (await readFile(this.#file)).subarray(this.#read).toString();
      if (!text.includes(end)) continue;
      this.#read += Buffer.byteLength(text);
      return text.split("\n").flatMap((line) => {
        const [, pid = "", transaction = "", label = ""] = labelled.exec(line) ?? [];
        return label ? [{ pid, transaction, label, line }] : [];
      });
    }
    throw new Error(`The server's log never said ${end}`);
  }
}

/**
 * What ran outside its identity or transaction: statements of one user's transaction (u1, u2, ...) in more than one
 * transaction, of one reserved session (r1, ...) in more than one process, and a transaction two callers shared.
 */
export function strayStatements(ran: readonly Ran[]): string[] {
  const found: string[] = [];
  const homes = new Map<string, string>();
  const owners = new Map<string, string>();
  for (const { pid, transaction, label, line } of ran) {
    // In an aborted transaction the server has no number for it any more, and runs nothing.
    if (transaction.endsWith("/0")) continue;
    const where = label.startsWith("r") ? pid : `${pid} ${transaction}`;
    const home = homes.get(label) ?? where;
    homes.set(label, home);
    if (home !== where && !label.startsWith("p"))
      found.push(`${label} began in ${home}, and went on in ${where}: ${line}`);
    const owner = owners.get(`${pid} ${transaction}`) ?? label;
    owners.set(`${pid} ${transaction}`, owner);
    if (owner !== label) found.push(`${label} ran in the transaction of ${owner}: ${line}`);
  }
  return found;
}
