// Loaded into every Node process of a run: notes its peak memory when it ends.
import { appendFileSync } from "node:fs";

process.once("exit", () => {
  const file = process.env.BENCH_PEAK_FILE;
  if (file) appendFileSync(file, `${process.resourceUsage().maxRSS}\n`);
});
