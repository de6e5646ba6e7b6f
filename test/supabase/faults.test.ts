import { afterAll, beforeAll, expect, test } from "vitest";
import { CreatedNotReady, kind } from "../../providers/host/kind.ts";
import { apikeyKind } from "../../providers/supabase/apikey.provider.ts";
import { authSettingsKind } from "../../providers/supabase/auth-settings.provider.ts";
import { edgeFunctionSecretsKind } from "../../providers/supabase/edge-function-secrets.provider.ts";
import { projectLifecycle } from "../../providers/supabase/project.provider.ts";
import { Life } from "./life.ts";
import { Trial } from "./trial.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.open();
});
afterAll(() => trial.close());

const RUNS = 4;

/** Runs `up` as a user does: again after a failure, going on from what was recorded. Answers the number of runs. */
async function converge<State extends object>(life: Life<State>, program: Record<string, unknown>): Promise<number> {
  for (let run = 1; ; run++) {
    try {
      await life.up(program);
      await life.refresh();
      if (life.diff(program).length === 0) return run;
    } catch (error) {
      if (run === RUNS) throw error;
      // The engine records what such an error carries.
      if (error instanceof CreatedNotReady) Object.assign(life, { id: error.id, state: error.state });
    }
  }
}

test.each([
  "fault-429",
  "fault-500",
  "fault-reset",
  "fault-lost-answer",
  "fault-create-reset",
  "fault-create-timeout-3s",
  "fault-init-failed-1x",
  "fault-slow-create-1s",
  "fault-ready-before-usable-1s",
])("%s: the runs converge, with one project and one key", { timeout: 60_000 }, async (fault) => {
  const name = `trouble ${fault}`;
  const impatient = { settings: () => ({ ...trial.settings(), requestTimeoutSeconds: 1 }) };
  const call: Trial["call"] = (options) => trial.call(options);
  const project = new Life({ kind: kind(projectLifecycle), trial: { ...impatient, call } });
  const runs = await converge(project, { ...trial.inputs(name) });
  expect(runs).toBeLessThanOrEqual(RUNS);
  const refs = await retried(() => trial.refs(name));
  expect(refs).toEqual([project.id]);
  const projectRef = project.id;
  await converge(new Life({ kind: authSettingsKind, trial }), { projectRef, jwtExp: 1800, smtpPass: "hush" });
  const secrets = [{ name: "ONE", value: "1" }];
  await converge(new Life({ kind: edgeFunctionSecretsKind, trial }), { projectRef, secrets });
  const key = new Life({ kind: apikeyKind, trial });
  await converge(key, { projectRef, name: "worker" });
  const keys = (await retried(() => trial.client.getProjectApiKeys(projectRef, {}))).data;
  expect(keys.filter((one) => one.name === "worker").map((one) => one.id)).toEqual([key.id]);
  await project.delete();
  expect(await retried(() => trial.refs(name))).toEqual([]);
});

/** The faults meet the other client too. */
async function retried<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  return call()
    .catch(() => call())
    .catch(() => call());
}
