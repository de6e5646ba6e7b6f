import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** An operation of the Management API; parameters of the path are ":x". */
export interface Operation {
  method: string;
  path: string;
}

/** The operations a client's source asks for, and calls this could not read. */
export function operationsOf(folder: string): { operations: Operation[]; unread: string[] } {
  const operations = new Map<string, Operation>();
  const unread: string[] = [];
  for (const file of sourcesOf(folder)) {
    const text = readFileSync(join(folder, file), "utf8");
    for (const { method, path } of [...sections(text), ...requests(text)]) {
      if (path === undefined) unread.push(`${file}: ${method}`);
      else operations.set(`${method} ${path}`, { method, path });
    }
  }
  return { operations: [...operations.values()], unread };
}

/** A path without its query, with every parameter written alike. */
export function normal(path: string): string {
  const [bare = ""] = path.split("?");
  const marked = bare.replaceAll(/\$?\{(?:[^{}]|\{[^{}]*\})*\}/g, ":x");
  return marked
    .split("/")
    .map((segment) => (segment.includes(":") ? ":x" : segment))
    .join("/");
}

function sourcesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return all.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith("dist"));
}

/** `section("/postgrest", "PATCH")`: read with GET, written with the method given. */
function sections(text: string): { method: string; path: string }[] {
  return [...text.matchAll(/\bsection\("(\/[^"]+)", "([A-Z]+)"\)/g)].flatMap(([, suffix = "", write = ""]) =>
    ["GET", write].map((method) => ({ method, path: normal(`/v1/projects/:ref${suffix}`) })),
  );
}

/** `request({ method: "GET", path: ... })`, where the path is a text, or a name given a text further up. */
function requests(text: string): { method: string; path: string | undefined }[] {
  const found = text.matchAll(/request\(\{\s*method: "([A-Z]+)",\s*path(?::\s*("[^"]*"|`[^`]*`|path\(ref\)))?/g);
  return [...found]
    .filter(([, , path]) => path !== "path(ref)")
    .map((match) => {
      const before = text.slice(0, match.index);
      const written = match[2]?.slice(1, -1) ?? lastPath(before);
      return { method: match[1] ?? "", path: written && resolve(written, { text, before }) };
    });
}

function resolve(written: string, source: { text: string; before: string }): string | undefined {
  const base = /const pathOf = [^=]*=> `([^`]*)`/.exec(source.text)?.[1] ?? "";
  const full = written
    .replace(/^\$\{pathOf\([^)]*\)\}/, () => base)
    .replace(/^\$\{path\}/, () => lastPath(source.before) ?? "");
  return full.startsWith("/v1/") ? normal(full) : undefined;
}

function lastPath(before: string): string | undefined {
  return [...before.matchAll(/const path = [`"]([^`"]*)[`"]/g)].at(-1)?.[1];
}
