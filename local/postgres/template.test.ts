import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cloudLayout, projectLayout } from "../layout.ts";
import { chooseNetwork } from "../projects/network.ts";
import { resolveBinaries } from "./binaries.ts";
import { ensureAuthority, ensureServerCertificate } from "./certificates.ts";
import { copyTemplate, findPostmaster, startCluster, stopCluster } from "./cluster.ts";
import { resolveLauncher } from "./launcher.ts";
import { withSession } from "./session.ts";
import { ensureTemplate } from "./template.ts";
import { USUAL_VARIANT } from "./variant.ts";

let cacheDir: string;

beforeEach(async () => {
  // Not os.tmpdir(): a test runner may point that to a folder closed to other users.
  cacheDir = await mkdtemp("/tmp/local-template-");
});

afterEach(() => rm(cacheDir, { recursive: true, force: true }));

test("two that need the template at once make it once, and leave nothing half-made", async () => {
  const [binaries, launcher] = await Promise.all([resolveBinaries({ cacheDir }), resolveLauncher()]);
  const lines: string[] = [];
  const ensure = () => ensureTemplate({ cacheDir, binaries, launcher, onProgress: (line) => lines.push(line) });
  const [first, second] = await Promise.all([ensure(), ensure()]);
  expect(second).toEqual(first);
  expect(lines.filter((line) => line.startsWith("preparing"))).toHaveLength(1);
  expect(await readdir(join(cacheDir, "postgres-template"))).toEqual([first.key]);
});

test.skipIf(process.getuid?.() !== 0)("as root without user namespaces, Postgres runs under another uid", async () => {
  const [binaries, launcher] = await Promise.all([
    resolveBinaries({ cacheDir }),
    resolveLauncher({ unshare: "/nonexistent" }),
  ]);
  expect(launcher.kind).toBe("uid switch");
  const template = await ensureTemplate({ cacheDir, binaries, launcher });
  const layout = cloudLayout(cacheDir);
  const files = projectLayout(layout, "a".repeat(20));
  const { pooler } = await chooseNetwork();
  const access = { sslEnforced: false, allowed: ["0.0.0.0/0"], pooler: pooler.host };
  const place = { files, host: pooler.host, port: pooler.sessionPort, access, variant: USUAL_VARIANT };
  await copyTemplate({ place, template, launcher });
  const authority = await ensureAuthority({ certificate: layout.caCertificate, key: layout.caKey });
  await ensureServerCertificate({ authority, certificate: files.certificate, key: files.key, address: place.host });
  const identity = await startCluster({ place, binaries, launcher });
  try {
    const login = { user: "supabase_admin", password: template.adminPassword };
    const work = withSession({ address: place, login, applicationName: "test", work: (sql) => sql`select 1 as up` });
    expect(await work).toEqual([{ up: 1 }]);
    expect(execFileSync("ps", ["-o", "uid=", "-p", String(identity.pid)], { encoding: "utf8" }).trim()).toBe("65534");
  } finally {
    await stopCluster({ dataFolder: files.data, now: true });
  }
  expect(await findPostmaster(files.data)).toBeUndefined();
});
