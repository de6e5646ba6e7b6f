import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Follows what a command and everything it starts connect to, whether through a proxy or not. */
export interface Tracer {
  /** The command line that runs another one followed. */
  wrap(command: readonly string[]): string[];
  /** Addresses other than loopback that were connected to, as strace shows them; name servers count. */
  outside(): string[];
}

/**
 * A tracer that writes into `folder`. Undefined, with the reason printed, where processes cannot be followed: then only
 * the proxy tells what is asked for.
 */
export function findTracer(folder: string): Tracer | undefined {
  try {
    execFileSync("strace", ["-f", "-o", "/dev/null", "true"], { stdio: "ignore" });
  } catch {
    console.log("strace cannot follow processes here: connections that ignore the proxy variables are not looked at");
    return undefined;
  }
  let count = 0;
  return {
    wrap(command) {
      count += 1;
      const file = join(folder, `connections-${count}`);
      return [
        "strace",
        "-f",
        "-qq",
        "--seccomp-bpf",
        "-e",
        "trace=connect",
        "-e",
        "signal=none",
        "-o",
        file,
        ...command,
      ];
    },
    outside() {
      const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n"));
      const addresses = lines.flatMap((line) => /sa_family=AF_INET6?,.*?(?=})/.exec(line)?.[0] ?? []);
      return addresses.filter((address) => !/inet_addr\("127\.|"::1"|"::ffff:127\./.test(address));
    },
  };
}
