import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take more than half a minute, the longest first. Without them a fresh clone orders files by their size. */
const LONGEST = [
  "test/pull-requests/storm.test.ts",
  "test/pull-requests/workflows.test.ts",
  "test/end-to-end/plain-pulumi.test.ts",
  "test/pull-requests/backends.test.ts",
  "test/pull-requests/branch.test.ts",
  "test/campaign/faults.test.ts",
  "test/end-to-end/verify-hosted.test.ts",
  "test/catalog/hygiene.test.ts",
  "test/end-to-end/catalog-modes.test.ts",
  "test/protocol/protocol.test.ts",
  "test/supabase/engine.test.ts",
  "test/end-to-end/killed.test.ts",
  "test/end-to-end/failures.test.ts",
  "test/catalog/rotate.test.ts",
  "test/end-to-end/start.test.ts",
  "test/taken-over/taken-over.test.ts",
  "providers/database/reader/rotation.test.ts",
  "providers/database/reader-role.provider.test.ts",
  "local/cloud.test.ts",
  "test/database/new-table.test.ts",
  "providers/database/foreign-catalog.provider.test.ts",
  "commands/local.test.ts",
  "providers/supabase/project.provider.test.ts",
];

/** Begins the longest files first, so that at the end no worker waits for one of them. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((file) => moduleId.endsWith(file));
      return at === -1 ? LONGEST.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
