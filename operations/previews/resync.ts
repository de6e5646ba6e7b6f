import { catalogTableNames } from "../../db/schema/catalog-tables.ts";
import { followPublisher } from "../../providers/database/foreign/establish.ts";
import type { Source } from "../../providers/database/foreign/source.ts";
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
export async function resyncPreviews(
  context: PrContext,
): Promise<{ previews: Resynced[]; problems: readonly string[] }> {
  const done: Resynced[] = [];
  const { previews, problems } = await takeInventory(context);
  for (const { number, stamp, state } of previews) {
    if (state !== "ready" || stamp?.catalog !== "foreign") continue;
    done.push(
      await withPreviewLock(context, number, () => resync(context, number)).then(
        (changes) => ({ number, changes }),
        (error: unknown) => ({ number, changes: 0, error: error instanceof Error ? error.message : String(error) }),
      ),
    );
  }
  return { previews: done, problems };
}

async function resync(context: PrContext, number: number): Promise<number> {
  const { stack } = await openPreview(context, number);
  const outputs = await stack.outputs({ showSecrets: true });
  maskSecrets(outputs);
  return withDatabase(outputs, async ({ $client: sql }) => {
    const [row] = await sql<{ source: Source }[]>`select environment.catalog_source() as source`;
    if (!row) throw new Error("environment.catalog_source answered no row");
    const wanted = { ...row.source, tables: catalogTableNames };
    return (await sql.begin((transaction) => followPublisher(transaction, wanted))).length;
  });
}
