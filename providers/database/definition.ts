import type { Definition } from "../host/kind.ts";
import { catalogSnapshot } from "./catalog-snapshot.provider.ts";
import { type Configuration, configuration, parseConfiguration } from "./configuration.ts";
import { foreignCatalog } from "./foreign-catalog.provider.ts";
import { handOff } from "./hand-off.provider.ts";
import { migrations } from "./migrations.provider.ts";
import { password } from "./password.provider.ts";
import { readerRole } from "./reader-role.provider.ts";
import { vaultSecret } from "./vault-secret.provider.ts";

/** The package `database`: what lives inside one. */
export const definition: Definition<Configuration> = {
  name: "database",
  version: "0.1.0",
  description:
    "What lives inside a Postgres database on Supabase: migrations, a reader, Vault secrets, a foreign catalog.",
  configuration,
  parseConfig: parseConfiguration,
  kinds: [password, migrations, readerRole, handOff, vaultSecret, foreignCatalog, catalogSnapshot],
  functions: [],
};
