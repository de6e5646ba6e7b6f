import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";

/** What `npm run test:quick` leaves out: what needs the engine, and campaigns. One of them stays, as smoke. */
const slow = [
  "test/{campaign,catalog,clients,drift,protocol,pull-requests,supabase,taken-over}/**",
  "test/end-to-end/!(second-schema)*.test.ts",
  "test/database/{engine,advisors,grown}.test.ts",
  "test/support/language-host/**",
  "engine/**/*.test.ts",
];

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".data/**", ...(process.env.TEST_QUICK ? slow : [])],
    globalSetup: ["bundles", "skips", "recorded-traffic", "shared-cluster", "test-cloud", "shared-pairs"].map(
      (name) => `test/support/${name}.ts`,
    ),
    setupFiles: ["test/support/loopback.ts"],
    pool: "forks",
    // Compiled to CommonJS, they are no sources of ours.
    server: { deps: { external: [/\/sdks\/[^/]+\/bin\//] } },
    // One more than the cores of the CI machine: a test often waits for a server or for time to pass.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
