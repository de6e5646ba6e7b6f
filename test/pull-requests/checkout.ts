import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { resetLocalCloud } from "../../local/cloud.ts";
import { root } from "../support/run.ts";

/** A checkout of this project in a repository of its own, with what a runner would have installed. */
export class TrialCheckout {
  readonly folder: string;
  readonly dataDir: string;

  constructor(name: string) {
    const place = mkdtempSync(join(tmpdir(), `${name}-`));
    this.folder = join(place, "checkout");
    this.dataDir = join(place, "data");
    const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
      encoding: "utf8",
    });
    const bundled = ["providers/supabase/dist", "providers/database/dist", "commands/dist", "local/dist"];
    for (const path of [...listed.split("\n"), ...bundled]) {
      if (!path || !existsSync(join(root, path))) continue;
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      // Bundles are as new as the sources they were made from.
      cpSync(join(root, path), join(this.folder, path), { recursive: true, preserveTimestamps: true });
    }
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
    this.git("init", "-q", "-b", "main");
    this.commit("Start");
  }

  git(...args: string[]): string {
    return execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", ...args], {
      cwd: this.folder,
      encoding: "utf8",
      stdio: "pipe",
    });
  }

  commit(subject: string): void {
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "-m", subject);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), "utf8");
  }

  /** Adds a migration to the journal, as `db:generate` would. */
  addMigration(tag: string, sql: string): void {
    const journal: { entries: { idx: number; when: number; tag: string; version: string; breakpoints: boolean }[] } =
      JSON.parse(this.read("migrations/meta/_journal.json"));
    const last = journal.entries.at(-1);
    journal.entries.push({
      idx: (last?.idx ?? 0) + 1,
      when: (last?.when ?? 0) + 1000,
      tag,
      version: "7",
      breakpoints: true,
    });
    this.write("migrations/meta/_journal.json", JSON.stringify(journal, null, 2));
    this.write(`migrations/${tag}.sql`, sql);
  }

  async remove(): Promise<void> {
    await resetLocalCloud({ dataDir: this.dataDir });
    rmSync(dirname(this.folder), { recursive: true, force: true });
  }
}
