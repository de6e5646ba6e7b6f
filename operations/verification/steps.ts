import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { StackOutputs } from "../../engine/result.ts";
import { withDatabase } from "../session/environment-report.ts";
import { searchAsAgent } from "../start/sample-search.ts";
import { useCommands } from "./commands.ts";
import { useEveryResource } from "./every-resource-steps.ts";
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
  await unchanged(runner, production.stack);
  await unchanged(runner, preview.stack);
  if (extent.everything) {
    await useCommands(runner);
    await search(preview.outputs);
  }
  for (const { stack } of [preview, production]) await destroy(runner, stack);
  if (extent.everything) await useEveryResource(runner, extent);
}
