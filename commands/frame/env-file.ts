import { existsSync, readFileSync } from "node:fs";

const opening = "# Written by npm run env.";

/** The environment an .env file was written for. */
export interface EnvFileOwner {
  readonly stack: string;
  readonly cloud: string;
}

/** The first line of a file that `npm run env` writes. */
export const envFileHeader = ({ stack, cloud }: EnvFileOwner): string => `${opening} Stack: ${stack} (${cloud}).`;

/** Whose a file is: `unknown` where this project did not write it, undefined where there is none. */
export function ownerOfEnvFile(path: string): EnvFileOwner | "unknown" | undefined {
  if (!existsSync(path)) return undefined;
  const [first = ""] = readFileSync(path, "utf8").split("\n", 1);
  const [, stack, cloud] = /^# Written by npm run env\. Stack: (\S+) \((\w+)\)\./.exec(first) ?? [];
  if (stack !== undefined && cloud !== undefined) return { stack, cloud };
  return "unknown";
}
