// Says whether schema, journal and migration files agree. Exit code 1 where they do not.
import { join } from "node:path";
import { findDisagreements } from "../db/generate/pending.ts";

const problems = await findDisagreements(join(import.meta.dirname, "..", "migrations"));
for (const problem of problems) process.stderr.write(`- ${problem}\n`);
process.stdout.write(problems.length === 0 ? "Schema and migrations agree.\n" : "");
if (problems.length > 0)
  process.stderr.write("Run npm run db:generate for what is not generated; mend the journal for the rest.\n");
process.exitCode = problems.length === 0 ? 0 : 1;
