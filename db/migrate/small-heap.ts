import { setFlagsFromString } from "node:v8";

/** How many runs of this process have asked for a small heap. */
let running = 0;

/**
 * Runs `work` with a heap that is collected early. By default Node lets what a hundred thousand answered queries leave
 * behind grow to several times the file before it looks; this costs no time that can be measured. The flags belong to V8,
 * which reads them at each collection; its own values are back after the last run.
 */
export async function withSmallHeap<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running++ === 0) setHeapFlags({ growingPercent: 15, youngGrowth: 1 });
  try {
    return await work();
  } finally {
    if (--running === 0) setHeapFlags({ growingPercent: 0, youngGrowth: 2 });
  }
}

function setHeapFlags({ growingPercent, youngGrowth }: { growingPercent: number; youngGrowth: number }): void {
  setFlagsFromString(`--heap-growing-percent=${growingPercent}`);
  setFlagsFromString(`--semi-space-growth-factor=${youngGrowth}`);
}
