import { join } from "node:path";
import type { Cloud } from "../../engine/guard.ts";
import { listStacks } from "../../engine/list.ts";

/** A stack that reads a publisher's catalog: through foreign tables all the time, or as a copy whenever it takes one. */
export interface Subscriber {
  readonly name: string;
  readonly mode: "foreign" | "snapshot";
}

const MODES = { "database:index:ForeignCatalog": "foreign", "database:index:CatalogSnapshot": "snapshot" } as const;

/** Stacks of the same backend whose state holds a catalog of another's, by name. */
export async function subscribersOf(options: {
  readonly publisher: string;
  readonly cloud: Cloud;
  readonly dataDir: string;
}): Promise<Subscriber[]> {
  const { publisher, ...place } = options;
  const found = await listStacks({ ...place, settingsDir: join(place.dataDir, "hosted", "list") });
  const subscribers: Subscriber[] = [];
  for (const { name, readState } of found) {
    if (name === publisher) continue;
    const types = new Set<string>((await readState())?.resources?.map(({ type }) => type));
    for (const [type, mode] of Object.entries(MODES)) if (types.has(type)) subscribers.push({ name, mode });
  }
  return subscribers.sort((one, other) => (one.name < other.name ? -1 : 1));
}
