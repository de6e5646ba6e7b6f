import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

const root = join(import.meta.dirname, "..", "..");

/** Drizzle's own migrator, over a connection of its own: Drizzle changes how a connection reads values. */
export async function drizzleOrmMigrate(
  url: string,
  folder: string,
  config: { migrationsSchema?: string; migrationsTable?: string } = {},
): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await migrate(drizzle(sql), { migrationsFolder: folder, ...config });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** `drizzle-kit migrate`. Returns its exit code and what it printed. */
export async function drizzleKitMigrate(url: string, folder: string): Promise<{ code: number; output: string }> {
  const config = join(folder, "drizzle.config.json");
  await writeFile(
    config,
    JSON.stringify({ dialect: "postgresql", out: relative(root, folder), dbCredentials: { url } }),
  );
  const bin = join(root, "node_modules", "drizzle-kit", "bin.cjs");
  const args = [bin, "migrate", `--config=${relative(root, config)}`];
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    if (!(error instanceof Error) || !("stdout" in error) || !("stderr" in error) || !("code" in error)) throw error;
    return { code: Number(error.code), output: `${error.stdout}${error.stderr}` };
  }
}
