export { CatalogSnapshot, type CatalogSnapshotArgs } from "./catalog-snapshot.ts";
export { ForeignCatalog, type ForeignCatalogArgs } from "./foreign-catalog.ts";
export { HandOff, type HandOffArgs, type HandOffReader } from "./hand-off.ts";
export { Migrations, type MigrationsArgs } from "./migrations.ts";
export { type HandOffContent, openHandOff } from "./open-hand-off.ts";
export { Password, type PasswordArgs } from "./password.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
export { ReaderRole, type ReaderRoleArgs } from "./reader-role.ts";
export { VaultSecret, type VaultSecretArgs } from "./vault-secret.ts";
