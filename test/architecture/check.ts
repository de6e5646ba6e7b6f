import { plainerWords } from "../documentation/words.ts";
import { measureRooms, sizeTable } from "./sizes.ts";

// The part of npm run check that no tool of others does: prints the sizes of the rooms, and fails for words that have a
// plainer one.
process.stdout.write(`${sizeTable(measureRooms())}\n`);
const words = plainerWords();
for (const line of words) process.stderr.write(`${line}\n`);
process.exitCode = words.length > 0 ? 1 : 0;
