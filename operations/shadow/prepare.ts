import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { DatabaseSettings } from "../../db/migrate/settings.ts";

/** A foreign catalog wants its Vault secret; no migration connects with it, so any value will do. */
export async function prepareShadow(shadow: Sql, settings: DatabaseSettings): Promise<void> {
  const source = settings.catalog_source;
  if (settings.catalog !== "foreign" || typeof source !== "object" || source === null || Array.isArray(source)) return;
  for (let tries = 0; tries < 20; tries++) {
    const [ready] = await shadow.unsafe("select to_regnamespace('vault') is not null as ready");
    if (ready?.ready === true) break;
    await sleep(100);
  }
  await shadow.unsafe("select vault.create_secret('shadow only', $1)", [String(source.vaultSecret)]);
}
