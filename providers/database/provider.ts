import type { Definition } from "../host/kind.ts";
import { serve } from "../host/server.ts";
import { catalogSnapshot } from "./catalog-snapshot.provider.ts";
import { type Configuration, configuration, parseConfiguration } from "./configuration.ts";
import { foreignCatalog } from "./foreign-catalog.provider.ts";
import { handOff } from "./hand-off.provider.ts";
import { migrations } from "./migrations.provider.ts";
import { password } from "./password.provider.ts";
import { readerRole } from "./reader-role.provider.ts";
import { vaultSecret } from "./vault-secret.provider.ts";

const definition: Definition<Configuration> = {
  name: "database",
  version: "0.1.0",
  description:
    "What lives inside a Postgres database on Supabase: migrations, a reader, Vault secrets, a foreign catalog.",
  configuration,
  parseConfig: parseConfiguration,
  kinds: [password, migrations, readerRole, handOff, vaultSecret, foreignCatalog, catalogSnapshot],
  functions: [],
};

// When a server ends a session in the middle of a transaction, postgres.js 3.4.9 writes once more to the connection it has
// let go of, outside every promise (nextWrite in its connection.js). The operation has its error by then; the others go on.
const LATE_WRITE = "Cannot read properties of null (reading 'write')";
process.on("uncaughtException", (error) => {
  if (!(error instanceof TypeError && error.message === LATE_WRITE)) throw error;
});

serve(definition, process.argv.slice(2));
