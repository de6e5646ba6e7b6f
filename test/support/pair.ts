import { test as base } from "vitest";
import { stopLocalCloud } from "../../local/cloud.ts";
import { type Place, placeIn } from "./environment.ts";
import { beginPair, folderOfWorker } from "./shared-pairs.ts";

/** Where the stacks of `pair` and their cloud lie. */
export const place: Place = placeIn(folderOfWorker());

/**
 * A test with `prod` and `preview` brought up as they are, for a file's own use: `pair`. A worker makes them once; each
 * further file gets a copy of what they were then, whatever the one before did to them.
 */
export const test = base.extend<{ $file: { pair: Place } }>({
  pair: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
    async ({}, use) => {
      await beginPair(place);
      await use(place);
      await stopLocalCloud(place);
    },
    { scope: "file" },
  ],
});
