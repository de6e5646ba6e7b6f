import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, cloudLayout, projectLayout } from "../../local/layout.ts";
import { resolveBinaries } from "../../local/postgres/binaries.ts";
import { ensureAuthority, ensureServerCertificate } from "../../local/postgres/certificates.ts";
import { copyTemplate, startCluster, stopCluster } from "../../local/postgres/cluster.ts";
import { resolveLauncher } from "../../local/postgres/launcher.ts";
import { withSession } from "../../local/postgres/session.ts";
import { ensureTemplate } from "../../local/postgres/template.ts";
import { USUAL_VARIANT } from "../../local/postgres/variant.ts";
import { chooseNetwork } from "../../local/projects/network.ts";

/** The least a project can take: copy the template's folder, start Postgres, ask one query. */
export interface Floor {
  /** Milliseconds of one round. */
  measure(): Promise<number>;
}

/** Prepares what a round does not count: programs, template, certificate. */
export async function openFloor(folder: string): Promise<Floor> {
  const cacheDir = cacheFolder();
  const [binaries, launcher] = await Promise.all([resolveBinaries({ cacheDir }), resolveLauncher()]);
  const template = await ensureTemplate({ cacheDir, binaries, launcher });
  const layout = cloudLayout(folder);
  const files = projectLayout(layout, "f".repeat(20));
  const { pooler } = await chooseNetwork();
  mkdirSync(files.root, { recursive: true, mode: 0o700 });
  const authority = await ensureAuthority({ certificate: layout.caCertificate, key: layout.caKey });
  await ensureServerCertificate({ authority, certificate: files.certificate, key: files.key, address: pooler.host });
  const access = { sslEnforced: false, allowed: ["0.0.0.0/0"], pooler: pooler.host };
  const place = { files, host: pooler.host, port: pooler.sessionPort, access, variant: USUAL_VARIANT };
  const login = { user: "supabase_admin", password: template.adminPassword };
  return {
    measure: async () => {
      const began = performance.now();
      await copyTemplate({ place, template, launcher });
      await startCluster({ place, binaries, launcher });
      await withSession({ address: place, login, applicationName: "bench", work: (sql) => sql`select 1` });
      const took = performance.now() - began;
      await stopCluster({ dataFolder: files.data, now: true });
      rmSync(join(files.data), { recursive: true, force: true });
      return took;
    },
  };
}
