import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { expect } from "vitest";

const PAUSE_MS = 100;

interface Reader {
  readonly done: Promise<void>;
  stopped: boolean;
  reads: number;
}

/** Applications that read the catalog all the time: through a session that stays, and through a new one each time. */
export class Readers {
  /** What is done at that time, for the report. */
  step = "";
  readonly #readers = new Map<string, Reader>();
  readonly #failures: string[] = [];

  start(name: string, connect: () => Sql): void {
    const reader: Reader = { done: Promise.resolve(), stopped: false, reads: 0 };
    this.#readers.set(name, Object.assign(reader, { done: this.#run(name, connect, reader) }));
  }

  /** Every reader that goes on has read again, and none has ever failed. */
  async expectHealthy(): Promise<void> {
    const before = new Map([...this.#readers].map(([name, { reads }]) => [name, reads]));
    await expect
      .poll(
        () => [...this.#readers].every(([name, { reads, stopped }]) => stopped || reads > (before.get(name) ?? 0) + 2),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
    expect(this.#failures).toEqual([]);
  }

  /** Ends one, or all. */
  async stop(name?: string): Promise<void> {
    for (const [key, reader] of this.#readers) {
      if (name !== undefined && key !== name) continue;
      reader.stopped = true;
      await reader.done;
    }
  }

  async #run(name: string, connect: () => Sql, reader: Reader): Promise<void> {
    const lasting = connect();
    while (!reader.stopped) {
      const fresh = connect();
      for (const [kind, sql] of [
        ["lasting session", lasting],
        ["new session", fresh],
      ] as const) {
        const rows = await sql`select count(*)::int as n from catalog.cruise_lines`.catch((error: unknown) => {
          const code = error instanceof Error && "code" in error ? `${String(error.code)} ` : "";
          this.#failures.push(
            `${this.step}: ${name}, ${kind}: ${code}${error instanceof Error ? error.message : error}`,
          );
          return [{ n: 12 }];
        });
        if (rows[0]?.n !== 12) this.#failures.push(`${this.step}: ${name}, ${kind}: ${rows[0]?.n} rows`);
      }
      await fresh.end({ timeout: 1 });
      reader.reads++;
      await sleep(PAUSE_MS);
    }
    await lasting.end({ timeout: 1 });
  }
}
