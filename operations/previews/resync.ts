import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { maskSecrets } from "../github/mask.ts";
import { withDatabase } from "../session/environment-report.ts";
import { openPreview, type PrContext, withPreviewLock } from "./context.ts";
import { takeInventory } from "./inventory.ts";

/** What following Production's catalog changed in one preview. */
export interface Resynced {
  readonly number: number;
  readonly changes: number;
  /** Why it could not follow: it is stale until its next `up`. */
  readonly error?: string;
}

/** Makes the foreign tables of every live preview what Production's catalog is now. One that fails does not keep the others. */
export async function resyncPreviews(context: PrContext): Promise<Resynced[]> {
  const done: Resynced[] = [];
  for (const { number, stamp, state } of await takeInventory(context)) {
    if (state !== "ready" || stamp?.catalog !== "foreign") continue;
    done.push(
      await withPreviewLock(context, number, () => resync(context, number)).then(
        (changes) => ({ number, changes }),
        (error: unknown) => ({ number, changes: 0, error: error instanceof Error ? error.message : String(error) }),
      ),
    );
  }
  return done;
}

async function resync(context: PrContext, number: number): Promise<number> {
  const { stack } = await openPreview(context, number);
  const outputs = await stack.outputs({ showSecrets: true });
  maskSecrets(outputs);
  return withDatabase(outputs, async ({ $client: sql }) => {
    // As JSON: this client sends no arrays, because it does not ask the database for their types.
    const tables = JSON.stringify([...catalogTableNames]);
    const [row] = await sql<{ changes: unknown[] }[]>`
      select environment.sync_foreign_tables(environment.catalog_source(),
        array(select jsonb_array_elements_text(${tables}::text::jsonb)), false) as changes`;
    return row?.changes.length ?? 0;
  });
}
