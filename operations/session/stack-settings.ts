import { existsSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigValue } from "../../engine/settings.ts";

/** Configuration by key, without the project's namespace. Never a secret. */
export type StackSettings = Readonly<Record<string, ConfigValue>>;

/** What commands changed in the configuration of a local stack, whose committed file stays as it is. */
export async function readStackSettings(options: { dataDir: string; stack: string }): Promise<StackSettings> {
  const path = pathOf(options);
  return existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : {};
}

/** Lays `changes` over what is there, all or none of them. */
export async function changeStackSettings(
  options: { dataDir: string; stack: string },
  changes: StackSettings,
): Promise<void> {
  await writeStackSettings(options, { ...(await readStackSettings(options)), ...changes });
}

/** Forgets which project a local stack adopted: it is gone. */
export async function forgetAdoption(options: { dataDir: string; stack: string }): Promise<void> {
  const { ref, ...others } = await readStackSettings(options);
  if (ref !== undefined) await writeStackSettings(options, others);
}

async function writeStackSettings(options: { dataDir: string; stack: string }, settings: StackSettings): Promise<void> {
  const path = pathOf(options);
  await mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const partial = `${path}.${process.pid}`;
  await writeFile(partial, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
  await rename(partial, path);
}

function pathOf({ dataDir, stack }: { dataDir: string; stack: string }): string {
  return join(dataDir, "settings", `${stack}.json`);
}
