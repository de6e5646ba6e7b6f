import { defineConfig } from "vitest/config";

/** What `npm run test:quick` leaves out: whole environments on the real engine, and campaigns. One of them stays, as smoke. */
const slow = [
  "test/{campaign,catalog,clients,drift,pull-requests,supabase,taken-over}/**",
  "test/end-to-end/!(start)*.test.ts",
  "test/database/{engine,advisors,grown}.test.ts",
  "engine/**/*.test.ts",
];

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", ".data/**", ...(process.env.TEST_QUICK ? slow : [])],
    globalSetup: ["test/support/recorded-traffic.ts", "test/support/shared-cluster.ts"],
    setupFiles: ["test/support/loopback.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
