import { plainerWords } from "../documentation/words.ts";
import { measureRooms, sizeTable } from "./sizes.ts";
import { longSqlTexts } from "./sql-texts.ts";

// The part of npm run check that no tool of others does: prints the sizes of the rooms, and fails for words that have a
// plainer one, and for SQL that is too long for a template.
process.stdout.write(`${sizeTable(measureRooms())}\n`);
const problems = [...plainerWords(), ...longSqlTexts()];
for (const line of problems) process.stderr.write(`${line}\n`);
process.exitCode = problems.length > 0 ? 1 : 0;
