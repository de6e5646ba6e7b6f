import { join } from "node:path";
import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import { defaultDataDir } from "../../engine/paths.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { imageOf } from "../doctor/platform.ts";
import { withDatabase } from "../session/environment-report.ts";
import { searchAsAgent } from "../start/sample-search.ts";
import { useCommands } from "./commands.ts";
import { useEveryResource } from "./every-resource-steps.ts";
import { lookAtPlatform, writePlatformReport } from "./platform-report.ts";
import { bringUp, destroy, type Extent, type StepRunner, unchanged } from "./step-runner.ts";

const SAILINGS = 300;

/** From nothing to both environments in use, and back to nothing. Throws with the first step that fails. */
export async function runSteps(runner: StepRunner, extent: Extent): Promise<void> {
  const { run, step, say } = runner;
  const route = extent.connection === "direct" ? "direct" : "sessionPooler";
  const environment = (name: "prod" | "preview") => bringUp(runner, `Bring up ${name}`, () => run.open(name));
  const search = (outputs: StackOutputs) =>
    step("Search Preview's catalog as role authenticated, through the foreign tables", async () => {
      const found = await searchAsAgent(outputs, route);
      say(`  ${found.length} sailings, the first on ${found[0]?.sailDate}`);
    });

  const production = await environment("prod");
  await step("Load a sample catalog into Production", () =>
    withDatabase(production.outputs, ({ $client }) => loadSampleCatalog($client, { sailings: SAILINGS }), route),
  );
  const preview = await environment("preview");
  await search(preview.outputs);
  await step("Compare the platform with the facts", () => comparePlatform(runner, preview.outputs, route));
  await unchanged(runner, production.stack);
  await unchanged(runner, preview.stack);
  if (extent.everything) {
    await useCommands(runner);
    await search(preview.outputs);
  }
  for (const { stack } of [preview, production]) await destroy(runner, stack);
  if (extent.everything) await useEveryResource(runner, extent);
}

/** Writes what the project is, and where that is not what the facts say, into a file for a report. */
async function comparePlatform({ run, say }: StepRunner, outputs: StackOutputs, route: "direct" | "sessionPooler") {
  const image = await imageOf(run.platform, String(outputs.ref?.value));
  const versions = { image, route, node: process.versions.node };
  const report = await withDatabase(outputs, ({ $client }) => lookAtPlatform($client, versions), route);
  const file = await writePlatformReport(report, join(defaultDataDir(), `verify-report-${run.id}.json`));
  say(`  ${report.differences.length} differences from the facts of ${report.factsTaken}, written to ${file}`);
  say("  It holds no secret: attach it to a report, so that the facts are renewed.");
}
