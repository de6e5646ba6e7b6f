import { loadSampleCatalog } from "../../db/sample/catalog.ts";
import type { EnvironmentStack } from "../../engine/operations.ts";
import type { StackOutputs } from "../../engine/result.ts";
import type { Clock } from "../clock.ts";
import { directUrl, sessionUrl, withDatabase } from "../environment-report.ts";
import { searchAsTraveller } from "../traveller.ts";
import type { Run } from "./stacks.ts";

const SAILINGS = 300;

/** From nothing to both environments in use, and back to nothing. Throws with the first step that fails. */
export async function runSteps(options: {
  readonly run: Run;
  readonly clock: Clock;
  readonly connection: "direct" | "session";
  readonly say: (line: string) => void;
  /** Told the stack that is worked on. */
  readonly onStack: (stack: EnvironmentStack) => void;
  /** Throws when the run is to end. */
  readonly check: () => void;
}): Promise<void> {
  const { run, clock, connection, say, onStack, check } = options;
  const url = connection === "direct" ? directUrl : sessionUrl;
  const step = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    check();
    return clock.run(name, work);
  };
  const bringUp = (name: "prod" | "preview") =>
    step(`Bring up ${name}`, async () => {
      const stack = await run.open(name);
      onStack(stack);
      await stack.up();
      return { stack, outputs: await stack.outputs({ showSecrets: true }) };
    });
  const unchanged = ({ stack }: { stack: EnvironmentStack }) =>
    step(`Bring up ${stack.name} again, with no changes`, () => stack.up({ expectNoChanges: true }));
  const search = (outputs: StackOutputs) =>
    step("Search Preview's catalog as role authenticated, through the foreign tables", async () => {
      const found = await searchAsTraveller(outputs, url(outputs));
      say(`  ${found.length} sailings, the first on ${found[0]?.sailDate}`);
    });

  const production = await bringUp("prod");
  await step("Load a sample catalog into Production", () =>
    withDatabase(
      production.outputs,
      ({ $client }) => loadSampleCatalog($client, { sailings: SAILINGS }),
      url(production.outputs),
    ),
  );
  const preview = await bringUp("preview");
  await search(preview.outputs);
  await unchanged(production);
  await unchanged(preview);
  for (const { stack } of [preview, production]) {
    await step(`Destroy ${stack.name}`, async () => {
      onStack(stack);
      await stack.destroy();
    });
  }
}
