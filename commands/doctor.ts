import { UsageError, type Values } from "./frame/arguments.ts";
import { runCommand } from "./frame/command.ts";
import { levelEndings } from "./frame/exit-codes.ts";
import { readStackArguments, stackOptions, stackOptionsHelp } from "./frame/stack-command.ts";

void runCommand(
  {
    name: "doctor",
    usage: `Looks at everything an environment needs, changes nothing in it, and says what to do.
Without STACK: this machine and, where SUPABASE_ACCESS_TOKEN is set, the token.

Usage: npm run doctor -- [STACK] [options]

${stackOptionsHelp}`,
    options: stackOptions,
    words: { most: 1, tooMany: "One stack at a time" },
    exits: { done: "nothing to do", failed: "errors", warnings: "warnings" },
  },
  async ({ values, words, print, document }) => {
    const [stack] = words;
    if (stack === undefined) refuseOptions(values);
    const args = readStackArguments(values, stack ?? "");
    const { examineEnvironment, examineMachine } = await import("../operations/doctor/examine.ts");
    const { render, worst } = await import("../operations/doctor/finding.ts");
    const findings = await (stack === undefined ? examineMachine() : examineEnvironment(args));
    const level = worst(findings);
    print(render(findings).trimEnd());
    document({ level, findings });
    return levelEndings[level];
  },
);

/** @throws UsageError for an option that means nothing without a stack */
function refuseOptions(values: Values<typeof stackOptions>): void {
  const given = Object.entries(stackOptions).filter(([name, { default: usual }]) => {
    return name !== "json" && values[name as keyof typeof stackOptions] !== usual;
  });
  if (given.length === 0) return;
  const names = given.map(([name]) => `--${name}`).join(", ");
  throw new UsageError(`Which stack? ${names} is for one. For example: npm run doctor -- preview`);
}
