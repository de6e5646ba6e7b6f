import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** The forms in which a secret may appear: as it is, URL-encoded, base64 at each of the three alignments, and hex. */
export function formsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret);
  // What precedes a secret shifts its base64: only the characters that are its own are looked for.
  const base64 = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    return text.slice(shift === 0 ? 0 : shift + 1, -2);
  });
  const texts = [secret, encodeURIComponent(secret), ...base64, bytes.toString("hex")];
  return [...new Set(texts)].map((text) => Buffer.from(text));
}

/** Where a secret occurs in `places` (name to content); empty where nowhere. */
export function leaksIn(places: ReadonlyMap<string, Buffer>, secrets: Readonly<Record<string, string>>): string[] {
  return Object.entries(secrets).flatMap(([name, secret]) => {
    if (secret.length < 16) throw new Error(`${name} is too short to be looked for`);
    const forms = formsOf(secret);
    return [...places]
      .filter(([, content]) => forms.some((form) => content.includes(form)))
      .map(([place]) => `${name} in ${place}`);
  });
}

/** Every file below a folder that `wanted` accepts, by its path from there. */
export async function filesBelow(folder: string, wanted: (path: string) => boolean): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const found = new Map<string, Buffer>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    if (wanted(relative(folder, path))) found.set(relative(folder, path), await readFile(path));
  }
  return found;
}

/** Command line and environment of every process, by pid. Read synchronously: ten times cheaper for so many small files. */
export function processesNow(): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    for (const file of ["cmdline", "environ"]) {
      const content = contentOf(`/proc/${pid}/${file}`);
      if (content?.length) found.set(`/proc/${pid}/${file}`, content);
    }
  }
  return found;
}

function contentOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    // It has ended, or is another user's.
    return undefined;
  }
}
