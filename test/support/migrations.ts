import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A migrations folder as drizzle-kit lays it out, made for a test. */
export type MigrationsFolder = {
  folder: string;
  /** Writes a file and appends it to the journal. `when` defaults to one second after the entry before. */
  add(tag: string, sql: string | Uint8Array, when?: number): Promise<void>;
  /** Writes the journal with exactly these tags, in this order; times stay. */
  list(tags: string[]): Promise<void>;
  write(tag: string, sql: string | Uint8Array): Promise<void>;
  remove(tag: string): Promise<void>;
  delete(): Promise<void>;
};

const firstWhen = 1_700_000_000_000;

/** Makes an empty folder with an empty journal. */
export async function migrationsFolder(): Promise<MigrationsFolder> {
  const folder = await mkdtemp(join(tmpdir(), "migrations-"));
  await mkdir(join(folder, "meta"));
  const times = new Map<string, number>();
  let listed: string[] = [];
  const save = async (): Promise<void> => {
    const entries = listed.map((tag, idx) => ({ idx, version: "7", when: times.get(tag), tag, breakpoints: true }));
    await writeFile(
      join(folder, "meta", "_journal.json"),
      JSON.stringify({ version: "7", dialect: "postgresql", entries }, null, 2),
    );
  };
  const write = (tag: string, sql: string | Uint8Array): Promise<void> => writeFile(join(folder, `${tag}.sql`), sql);
  await save();
  return {
    folder,
    write,
    async add(tag, sql, when) {
      times.set(tag, when ?? Math.max(firstWhen, ...times.values()) + 1000);
      listed.push(tag);
      await write(tag, sql);
      await save();
    },
    async list(tags) {
      listed = tags;
      await save();
    },
    remove: (tag) => rm(join(folder, `${tag}.sql`)),
    delete: () => rm(folder, { recursive: true, force: true }),
  };
}
