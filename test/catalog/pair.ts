import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { catalogSnapshot } from "../../providers/database/catalog-snapshot.provider.ts";
import type { Configuration } from "../../providers/database/configuration.ts";
import { foreignCatalog } from "../../providers/database/foreign-catalog.provider.ts";
import { readerRole } from "../../providers/database/reader-role.provider.ts";
import { vaultSecret } from "../../providers/database/vault-secret.provider.ts";
import { migrateWithDrizzle, sourceOf, subscribe } from "../database/migrated.ts";
import { configurationOf, Driven, type DrivenOf } from "../support/provider-call.ts";
import { joinTestCloud, type TestCloud, type TestDatabase } from "../support/test-cloud.ts";

/** A publisher and a subscriber with every migration, set up by the provider's resources, without the engine. */
export interface Pair {
  readonly cloud: TestCloud;
  readonly prod: TestDatabase;
  readonly preview: TestDatabase;
  readonly reader: DrivenOf<typeof readerRole>;
  readonly secret: DrivenOf<typeof vaultSecret>;
  readonly catalog: DrivenOf<typeof foreignCatalog>;
  readonly readerProgram: (more?: object) => Record<string, unknown>;
  readonly catalogProgram: (more?: object) => Record<string, unknown>;
  remove(): Promise<void>;
}

export async function startPair(options: { timeoutSeconds?: number } = {}): Promise<Pair> {
  const cloud = await joinTestCloud();
  const [prod, preview] = await Promise.all([cloud.createDatabase("prod"), cloud.createDatabase("preview")]);
  const configs: Configuration[] = [configurationOf(prod), configurationOf(preview)];
  const [ofProd, ofPreview] = configs as [Configuration, Configuration];
  const reader = new Driven(readerRole, ofProd);
  const secret = new Driven(vaultSecret, ofPreview);
  const catalog = new Driven(foreignCatalog, ofPreview);
  const source = sourceOf(prod);
  const readerProgram = (more = {}) => ({ projectRef: prod.ref, ...more });
  const catalogProgram = (more = {}) => ({
    projectRef: preview.ref,
    ...source,
    user: reader.state.user,
    secretRevision: secret.state.revision,
    tables: catalogTableNames,
    timeoutSeconds: options.timeoutSeconds ?? 5,
    ...more,
  });
  await migrateWithDrizzle(prod);
  await reader.up(readerProgram());
  await secret.up({ projectRef: preview.ref, name: "fdw_password", value: reader.state.password });
  await subscribe(preview.sql, source, { secret: false });
  await migrateWithDrizzle(preview);
  await catalog.up(catalogProgram());
  return {
    ...{ cloud, prod, preview, reader, secret, catalog, readerProgram, catalogProgram },
    async remove() {
      await Promise.all(configs.map(({ database }) => database?.close()));
      await cloud.remove();
    },
  };
}

/** A copy of the catalog in another database, and what ends its sessions. */
export function copyIn(database: TestDatabase): {
  snapshot: DrivenOf<typeof catalogSnapshot>;
  close(): Promise<void>;
} {
  const config = configurationOf(database);
  return { snapshot: new Driven(catalogSnapshot, config), close: async () => config.database?.close() };
}
