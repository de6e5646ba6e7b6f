import type { Cloud } from "../../engine/guard.ts";
import { listStacks } from "../../engine/list.ts";

/** Stacks whose state holds a foreign catalog, without the publisher, by name. */
export async function subscribersOf(options: {
  readonly publisher: string;
  readonly cloud: Cloud;
  readonly dataDir: string;
}): Promise<string[]> {
  const { publisher, cloud, dataDir } = options;
  const found = await listStacks({ cloud, dataDir, settingsDir: `${dataDir}/hosted/list` });
  const names: string[] = [];
  for (const { name, readState } of found) {
    if (name === publisher) continue;
    const state = await readState();
    if (state?.resources?.some(({ type }) => type === "database:index:ForeignCatalog")) names.push(name);
  }
  return names.sort();
}
