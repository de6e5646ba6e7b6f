import type { DatabaseLogin } from "../../session/login.ts";
import { readSecret } from "./layers/catalog.ts";
import { catalogSource } from "./layers/catalog-source.ts";
import { readSettings } from "./layers/migrations.ts";
import { readOnly } from "./target.ts";

/** The password the foreign catalog is read with, so that no report shows it; nothing where there is none to read. */
export function catalogSecrets(target: DatabaseLogin): Promise<string[]> {
  return readOnly(target, async (sql) => {
    const source = catalogSource(await readSettings(sql));
    const secret = source ? await readSecret(sql, source.vaultSecret) : undefined;
    return secret ? [secret] : [];
  }).catch(() => []);
}
