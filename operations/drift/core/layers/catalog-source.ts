import { z } from "zod";
import type { DatabaseSettings } from "../../../../db/migrate/settings.ts";

const source = z.object({
  server: z.string(),
  remoteSchema: z.string(),
  localSchema: z.string(),
  user: z.string(),
  vaultSecret: z.string(),
  roles: z.array(z.string()),
  options: z.record(z.string(), z.string()),
});

/** Where a foreign catalog is read from, as the setting `catalog_source` says. */
export type CatalogSource = z.infer<typeof source>;

/** The source; undefined where the catalog is local. @throws where it is foreign and its source is not what it has to be. */
export function catalogSource(settings: DatabaseSettings): CatalogSource | undefined {
  if (settings.catalog !== "foreign") return undefined;
  const parsed = source.safeParse(settings.catalog_source);
  if (parsed.success) return parsed.data;
  throw new Error(
    `environment.settings: catalog_source is not usable (${parsed.error.issues.map(({ path }) => path.join(".")).join(", ")}): run npm run up`,
  );
}

/** The catalog's source; undefined also where it is not usable, which the layers report. */
export function usableSource(settings: DatabaseSettings): CatalogSource | undefined {
  try {
    return catalogSource(settings);
  } catch {
    return undefined;
  }
}
