import { apply } from "../../db/migrate.ts";
import type { ShadowFactory } from "../../drift/layers/schema-facts.ts";
import { prepareShadow } from "../database/propose.ts";
import { withShadow } from "../database/shadow.ts";

/** A shadow in a local cloud of its own, or the empty database of SHADOW_URL. */
export const shadowDatabase: ShadowFactory = (version, work) =>
  withShadow(async (sql) => {
    const { folder, settings, applied } = version;
    await prepareShadow(sql, settings);
    const last = applied.at(-1);
    if (last) {
      const made = await apply(sql, { folder, settings, through: last.tag });
      const wanted = applied.map(({ tag }) => tag).join();
      if (made.applied.map((entry) => (typeof entry === "string" ? entry : entry.tag)).join() !== wanted) {
        throw new Error(
          "The environment has gaps in its migrations, which a shadow cannot have: apply what is pending first.",
        );
      }
    }
    const { host, port, database, user, pass } = sql.options;
    return work({
      host: host[0] ?? "",
      port: port[0] ?? 5432,
      database,
      user,
      password: String(pass),
    });
  });
