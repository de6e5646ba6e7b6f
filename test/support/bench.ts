import { test as base } from "vitest";
import type { Cluster } from "./cluster.ts";
import { type Bench, openBench } from "./database.ts";
import { sharedCluster } from "./shared-cluster.ts";

/** The database and the migrations folder of the test that runs. Set by `test` of this file, closed after the test. */
export let bench: Bench;
/** The cluster of this run of the tests, where they lie. */
export let cluster: Cluster;

/** A test with a database and a migrations folder of its own, on the cluster all share: `bench`, `cluster`. */
export const test = base.extend<{ ownBench: Bench; ofRun: Cluster }>({
  ofRun: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads from the pattern what a fixture needs
    async ({}, use) => {
      cluster = await sharedCluster();
      await use(cluster);
      await cluster.stop();
    },
    { scope: "file", auto: true },
  ],
  ownBench: [
    async ({ ofRun }, use) => {
      bench = await openBench(ofRun);
      await use(bench);
      await bench.close();
    },
    { auto: true },
  ],
});
