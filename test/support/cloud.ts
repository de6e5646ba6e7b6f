import { test as base } from "vitest";
import { joinTestCloud, type TestCloud } from "./test-cloud.ts";

/** A test with databases in the local cloud that all share: `cloud`, the same for all tests of a file and `test.beforeAll`. */
export const test = base.extend<{ $file: { cloud: TestCloud } }>({
  cloud: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
    async ({}, use) => {
      const cloud = await joinTestCloud();
      await use(cloud);
      await cloud.remove();
    },
    { scope: "file" },
  ],
});
