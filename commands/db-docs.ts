import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand } from "./frame/command.ts";

void runCommand(
  {
    name: "db:docs",
    usage: `Writes the pages and pictures of docs/reference/database from the schema.

Usage: npm run db:docs`,
  },
  async ({ print }) => {
    const { generatedDocuments } = await import("../db/docs/pages.ts");
    const folder = join(import.meta.dirname, "..", "docs", "reference", "database");
    mkdirSync(folder, { recursive: true });
    const documents = generatedDocuments();
    for (const [file, text] of Object.entries(documents)) writeFileSync(join(folder, file), text);
    print(`${Object.keys(documents).length} files written to docs/reference/database.`);
    return "done";
  },
);
