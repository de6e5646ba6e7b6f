import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../run.ts";

/** The commands of the first shell block below a heading of the README, without their comments. */
export function readmeCommands(heading: string): string[] {
  const text = readFileSync(join(root, "README.md"), "utf8");
  const [, section] = text.split(`\n## ${heading}\n`);
  const block = section && /```sh\n(.*?)```/s.exec(section)?.[1];
  if (!block) throw new Error(`README.md has no shell block below "## ${heading}"`);
  return block.split("\n").flatMap((line) => line.replace(/(^|\s+)# .*$/, "").trim() || []);
}
