import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Why a server that is told this URL of the site ends as it starts. */
export const NO_SITE = "http://no-site.invalid";

/**
 * Writes a program that can be started in the place of an Auth server: it is asked for its version, listens where it is told
 * to, and answers what it was sent and started with. It shows what the local cloud does with such a program. What Auth does is
 * shown by test/auth/log-in.test.ts, with the real one.
 * @returns its path
 */
export async function writeAuthProgram(folder: string, version: string): Promise<string> {
  const file = join(folder, `auth-${version}`);
  const lines = [
    `#!${process.execPath}`,
    `if (process.argv[2] === "version") { console.log(${JSON.stringify(version)}); process.exit(0); }`,
    `if (process.env.GOTRUE_SITE_URL === ${JSON.stringify(NO_SITE)}) {`,
    `  console.log(JSON.stringify({ level: "fatal", msg: "unable to load config: \\"no site\\"" })); process.exit(1); }`,
    `const about = { name: "GoTrue", version: ${JSON.stringify(version)}, description: "" };`,
    `require("node:http").createServer((asked, answer) => {`,
    `  if (asked.url === "/health") return answer.end(JSON.stringify(about));`,
    `  const { method, url, headers } = asked;`,
    `  answer.end(JSON.stringify({ method, url, headers, environment: process.env, folder: process.cwd() }));`,
    `}).listen(process.env.PORT, process.env.GOTRUE_API_HOST);`,
  ];
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o700 });
  return file;
}
