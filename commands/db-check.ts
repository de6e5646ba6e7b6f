// Says whether schema, journal and migration files agree. Exit code 1 where they do not.
import { join } from "node:path";
import { helpIfAsked } from "./frame/help.ts";

helpIfAsked(`Says whether schema, journal and migration files agree.

Usage: npm run db:check

Exit codes: 0 they agree, 1 they do not.`);
const { findDisagreements } = await import("../db/generate/pending.ts");

const problems = await findDisagreements(join(import.meta.dirname, "..", "migrations"));
for (const problem of problems) process.stderr.write(`- ${problem}\n`);
process.stdout.write(problems.length === 0 ? "Schema and migrations agree.\n" : "");
if (problems.length > 0)
  process.stderr.write(
    "Run npm run db:generate for what is not generated, on a terminal where a rename is to be told; correct the journal for the rest.\n",
  );
process.exitCode = problems.length === 0 ? 0 : 1;
