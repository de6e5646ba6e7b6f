import { join } from "node:path";
import { runCommand } from "./frame/command.ts";

void runCommand(
  {
    name: "db:check",
    usage: `Says whether schema, journal and migration files agree.

Usage: npm run db:check`,
    exits: { done: "they agree", failed: "they do not" },
  },
  async ({ say, print }) => {
    const { findDisagreements } = await import("../db/generate/pending.ts");
    const problems = await findDisagreements(join(import.meta.dirname, "..", "migrations"));
    for (const problem of problems) say(`- ${problem}`);
    if (problems.length === 0) {
      print("Schema and migrations agree.");
      return "done";
    }
    say(
      "Run npm run db:generate for what is not generated, with the options named here; correct the journal for the rest.",
    );
    return "failed";
  },
);
