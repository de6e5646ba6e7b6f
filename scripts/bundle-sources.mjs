// How the bundles read what their sources name next to themselves.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

// What belongs to its checkout goes on finding files next to its sources, and shares one copy of the SDK with what patches it.
export const whereSourcesLie = (dist) => ({
  name: "where-sources-lie",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const at = (file) => `__at(${JSON.stringify(relative(dist, file))})`;
      const contents = readFileSync(path, "utf8")
        .replaceAll(/\bload\("/g, 'require("')
        .replaceAll("import.meta.dirname", at(dirname(path)))
        .replaceAll("import.meta.url", `__urlOf(${at(path)})`);
      return { contents, loader: "ts" };
    }),
});

// A bundle carries the .sql files that its sources read next to themselves, so that it runs from any folder.
export const sqlInside = (inlined = new Set()) => ({
  name: "sql-inside",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/, namespace: "file" }, ({ path }) => {
      if (path.includes("node_modules")) return undefined;
      const source = readFileSync(path, "utf8");
      const contents = source.replaceAll(
        /readFileSync\(join\(import\.meta\.dirname, "([^"]+\.sql)"\), "utf8"\)/g,
        (_, name) => {
          const file = join(dirname(path), name);
          inlined.add(relative(root, file));
          return JSON.stringify(readFileSync(file, "utf8"));
        },
      );
      return { contents, loader: "ts" };
    }),
});
