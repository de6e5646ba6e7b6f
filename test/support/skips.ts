import type { TestProject } from "vitest/node";

/** Tests that a machine may be unable to run. */
interface Skip {
  readonly file: string;
  /** Part of the test's full name; all of the file where it is left out. */
  readonly name?: string;
  /** What is not there when it is skipped. */
  readonly missing: string;
}

/** Every skip there may be. Another one fails the run. */
export const SKIPS: readonly Skip[] = [
  {
    file: "db/connection/settings.test.ts",
    name: "a transaction pooler's next client",
    missing: "the program pgbouncer",
  },
  { file: "db/migrate/pooler-check.test.ts", name: "through PgBouncer", missing: "the program pgbouncer" },
  { file: "local/pooler/pooler.test.ts", name: "with PgBouncer", missing: "the program pgbouncer" },
  { file: "test/database/tenancy.test.ts", missing: "the program pgbouncer" },
  { file: "local/page/status-page.test.ts", name: "in a browser", missing: "the program chromium" },
  { file: "operations/drift/core/report/html.test.ts", name: "in a browser", missing: "the program chromium" },
  { file: "local/postgres/template.test.ts", name: "as root without user namespaces", missing: "root" },
  {
    file: "test/auth/log-in.test.ts",
    missing: "a program of github.com/supabase/auth, which no registry has, named in TAILFIRE_AUTH_SERVER",
  },
  { file: "test/campaign/disk.test.ts", missing: "leave to mount a small tmpfs, as root" },
  { file: "test/protocol/schema.test.ts", name: "the SDKs are those", missing: "TEST_SDKS, set where Go is at hand" },
  { file: "test/protocol/yaml.test.ts", missing: "the language host pulumi-language-yaml on PATH" },
  { file: "test/clients/supabase-cli.test.ts", missing: "a program of the npm package supabase for this platform" },
  { file: "test/platform/rules.test.ts", name: "those of shared/", missing: "the folder ../shared of the agents" },
  {
    file: "test/pull-requests/backends.test.ts",
    name: "S3",
    missing: "an S3 server on PATH, and Go to build one",
  },
  { file: "test/pull-requests/static.test.ts", name: "actionlint", missing: "the program actionlint" },
  { file: "test/pull-requests/static.test.ts", name: "zizmor", missing: "the program zizmor" },
];

/** Around a whole run of the tests: what was skipped is printed with what was missing, and is listed above or fails the run. */
export function setup(project: TestProject): () => void {
  return () => {
    // A filter by name skips the others on purpose.
    if (project.vitest.config.testNamePattern) return;
    const lines = project.vitest.state
      .getTestModules()
      .flatMap((module) =>
        [...module.children.allTests("skipped")].map(({ fullName }) => lineOf(module.relativeModuleId, fullName)),
      );
    for (const { text, listed } of lines) {
      console.log(text);
      // A failure of the tear-down alone would not fail the run.
      if (!listed) process.exitCode = 1;
    }
  };
}

/** What is printed of one skipped test. */
export function lineOf(file: string, fullName: string): { readonly text: string; readonly listed: boolean } {
  const known = SKIPS.find((skip) => skip.file === file && fullName.includes(skip.name ?? ""));
  const why = known ? `missing: ${known.missing}` : "FAILS the run: test/support/skips.ts does not list it";
  return { text: `skipped: ${file} > ${fullName} (${why})`, listed: known !== undefined };
}
