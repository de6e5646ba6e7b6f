/** Lets a number of works run at once; the others wait in the order they came. */
export interface Slots {
  run(work: () => Promise<void>): Promise<void>;
}

/** Slots for `count` works at once. */
export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = [];
  let free = count;
  return {
    run: async (work) => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        await work();
      } finally {
        const next = waiting.shift();
        if (next) next();
        else free++;
      }
    },
  };
}
