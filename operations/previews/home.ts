import { migrationsFolder } from "../../engine/paths.ts";

import type { ProjectLogin } from "../session/login.ts";
import type { PrContext } from "./context.ts";
import { ensureDatabase } from "./database/databases.ts";
import { requireShared, withShared } from "./database/shared.ts";
import { ensureTemplate } from "./database/template.ts";
import type { Recorded } from "./ownership.ts";
import type { Stamp } from "./stamp.ts";

/**
 * The shared project's part in a preview: undefined for a project of its own, else what makes it and answers with the
 * login of the project to branch, or of a database in it.
 * @throws RefusedError where there is no shared project
 */
export async function findHome(
  context: PrContext,
  { isolation, number }: Stamp,
  recorded: Recorded,
): Promise<(() => Promise<ProjectLogin>) | undefined> {
  if (isolation === "project") return undefined;
  const open = await requireShared(context, isolation);
  if (isolation === "branch") return open;
  return async () => {
    const shared = await open();
    return withShared(shared, async (sql) => {
      const { mark } = context;
      const template = await ensureTemplate(sql, { login: shared, folder: migrationsFolder, mark });
      const isRecorded = (name: string) => recorded.databases.has(`${shared.ref}/${name}`);
      return { ...shared, database: await ensureDatabase(sql, { number, mark, template, isRecorded }) };
    });
  };
}
