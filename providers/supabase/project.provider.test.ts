import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fate, openFlakyFront } from "../../test/supabase/flaky-front.ts";
import { PASSWORD, Trial, whoAmI } from "../../test/supabase/trial.ts";
import { CreatedNotReady } from "../host/kind.ts";
import { provePassword } from "./login.ts";
import { projectLifecycle as project } from "./project.provider.ts";
import { REFUSED_PASSWORD } from "./project-state.ts";

let trial: Trial;
beforeAll(async () => {
  trial = await Trial.open();
});
afterAll(() => trial.close());

const properties = (changes: { property: string }[]) => changes.map((change) => change.property);

describe("a whole life", () => {
  test("create, read, update, delete, each seen by another client", async () => {
    const inputs = trial.inputs("whole-life", { instanceSize: "small" });
    const { id, state } = await project.create(trial.call(), inputs);
    expect((await trial.client.getProject(id)).data).toMatchObject({
      ref: id,
      name: "whole-life",
      region: "ca-central-1",
    });
    expect(state).toMatchObject({ ref: id, status: "ACTIVE_HEALTHY", instanceSize: "small", database: "postgres" });
    expect(await whoAmI(state.directConnection)).toBe("postgres");
    expect(state.sessionPooler && (await whoAmI(state.sessionPooler))).toBe("postgres");
    const [pooler] = (await trial.client.getPoolerConfig(id)).data;
    expect(state.transactionPooler).toMatchObject({ host: pooler?.db_host, port: 6543, user: `postgres.${id}` });
    const { data: keys } = await trial.client.getProjectApiKeys(id, { reveal: true });
    expect(keys.map((key) => key.api_key)).toEqual([
      state.anonKey,
      state.serviceRoleKey,
      state.publishableKey,
      state.secretKey,
    ]);

    const read = await project.read(trial.call(), id, state, inputs);
    expect(read?.state).toEqual(state);
    expect(project.diff(state, inputs, inputs)).toEqual([]);

    const news = trial.inputs("renamed", { instanceSize: "large", databasePassword: "Another-password-2" });
    expect(properties(project.diff(state, news, inputs))).toEqual(["name", "databasePassword", "instanceSize"]);
    const updated = await project.update(trial.call(), id, state, news);
    expect((await trial.client.getProject(id)).data.name).toBe("renamed");
    const { selected_addons } = (await trial.client.listProjectAddons(id)).data;
    expect(selected_addons.map((addon) => addon.variant.id)).toEqual(["ci_large"]);
    expect(await whoAmI(state.directConnection, "Another-password-2")).toBe("postgres");
    await expect(whoAmI(state.directConnection)).rejects.toMatchObject({ code: "28P01" });
    expect(project.diff(updated, news, news)).toEqual([]);

    await project.delete(trial.call(), id, updated);
    await expect(trial.client.getProject(id)).rejects.toMatchObject({ status: 404 });
    await project.delete(trial.call(), id, updated);
    expect(await project.read(trial.call(), id, updated, news)).toBeUndefined();
  });

  test("region and organization replace; size and keys are left alone unless asked for", async () => {
    const ref = await trial.createOutside("differences");
    const read = await project.read(trial.call(), ref, undefined, {});
    if (!read) throw new Error("the project was not read");
    const { inputs, state } = read;
    const wanted = trial.inputs("differences");
    expect(inputs).toMatchObject({
      name: "differences",
      region: "ca-central-1",
      organizationId: wanted.organizationId,
    });
    // What the engine compares on import, and on the next up.
    expect(project.diff(state, wanted, inputs ?? {})).toEqual([]);
    expect(project.diff(state, wanted, wanted)).toEqual([]);
    const otherPassword = { ...wanted, databasePassword: "Another-password-2" };
    expect(properties(project.diff(state, otherPassword, wanted))).toEqual(["databasePassword"]);
    const moved = { ...wanted, region: "eu-west-1", organizationId: "elsewhere" } as const;
    expect(project.diff(state, moved, wanted)).toEqual([
      { property: "organizationId", kind: "update", replace: true },
      { property: "region", kind: "update", replace: true },
    ]);
  });
});

describe("what is there already", () => {
  test("is adopted when name, organization, region and password match", async () => {
    const ref = await trial.createOutside("left-behind");
    const { id } = await project.create(trial.call(), trial.inputs("left-behind", { instanceSize: "medium" }));
    expect(id).toBe(ref);
    expect(await trial.refs("left-behind")).toEqual([ref]);
    expect((await trial.client.listProjectAddons(ref)).data.selected_addons[0]?.variant.id).toBe("ci_medium");
  });

  test("is named and left alone when its database refuses the password, or it is elsewhere", async () => {
    const ref = await trial.createOutside("taken", "Somebody-elses-9");
    const create = (more: object) => project.create(trial.call(), trial.inputs("taken", more));
    await expect(create({})).rejects.toThrow(new RegExp(`"taken" is taken.*${ref}.*refuses the password.*import`));
    await expect(create({ region: "eu-west-1" })).rejects.toThrow(new RegExp(`taken.*${ref}.*ca-central-1`));
    expect(await trial.refs("taken")).toEqual([ref]);
  });

  test("a connection lost after the project was made leads to one project", async () => {
    const name = "lost fault-create-reset";
    const { id } = await project.create(trial.call(), trial.inputs(name));
    expect(await trial.refs(name)).toEqual([id]);
  });
});

describe("readiness", () => {
  test("a time-out hands over ref and state, and update goes on", async () => {
    const name = "slow fault-slow-create-3s";
    const inputs = trial.inputs(name, { timeouts: { create: "1s" } });
    const failure = await project.create(trial.call(), inputs).catch((error: unknown) => error);
    if (!(failure instanceof CreatedNotReady)) throw failure;
    expect(await trial.refs(name)).toEqual([failure.id]);
    expect(failure.message).toMatch(/not ready within 1 s: status COMING_UP.*run up again/);
    const state = failure.state as unknown as Parameters<typeof project.diff>[0];
    expect(project.diff(state, inputs, inputs)).toEqual([{ property: "status", kind: "update", replace: false }]);
    const updated = await project.update(trial.call(), failure.id, state, inputs);
    expect(project.diff(updated, inputs, inputs)).toEqual([]);
    expect(await whoAmI(updated.directConnection)).toBe("postgres");
  });

  test("a status that runs ahead of the database is not believed", async () => {
    const { state } = await project.create(trial.call(), trial.inputs("early fault-ready-before-usable-2s"));
    expect(await whoAmI(state.directConnection)).toBe("postgres");
    expect(trial.messages.some((message) => /does not answer yet/.test(message))).toBe(true);
  });

  test("nor is it after a create that was cut short: the next run waits for the database", async () => {
    const inputs = trial.inputs("cut fault-ready-before-usable-3s");
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(), 500);
    const cut = await project.create(trial.call({ signal: cancel.signal }), inputs).catch((error: unknown) => error);
    if (!(cut instanceof CreatedNotReady)) throw cut;
    const state = cut.state as unknown as Parameters<typeof project.diff>[0];
    const read = await project.read(trial.call(), cut.id, state, inputs);
    if (!read) throw new Error("the project is gone");
    expect(project.diff(read.state, inputs, inputs)).toEqual([{ property: "status", kind: "update", replace: false }]);
    const updated = await project.update(trial.call(), cut.id, read.state, inputs);
    expect(project.diff(updated, inputs, inputs)).toEqual([]);
    expect(await whoAmI(updated.directConnection)).toBe("postgres");
  });

  test("the session pooler answers for a direct address that cannot be reached", async () => {
    const { state } = await project.create(trial.call(), trial.inputs("no-ipv6"));
    if (!state.sessionPooler) throw new Error("the project has no session pooler");
    for (const host of ["127.0.0.1", "db.does-not-exist.invalid"]) {
      const direct = { ...state.directConnection, host, port: 1 };
      expect(await provePassword([direct, state.sessionPooler], PASSWORD)).toEqual({ answer: "accepted" });
      expect(await provePassword([direct, state.sessionPooler], "wrong")).toMatchObject({ answer: "refused" });
      expect(await provePassword([direct], PASSWORD)).toMatchObject({ answer: "unreachable" });
    }
  });

  test("a cancelled create hands over the ref", async () => {
    const name = "cancelled fault-stuck-coming-up";
    const cancel = new AbortController();
    const creating = project.create(trial.call({ signal: cancel.signal }), trial.inputs(name)).catch((error) => error);
    while ((await trial.refs(name)).length === 0) await sleep(25);
    setTimeout(() => cancel.abort(), 300);
    const failure = await creating;
    expect(failure).toBeInstanceOf(CreatedNotReady);
    expect(failure.id).toBe((await trial.refs(name))[0]);
  });

  test("a project that could not be set up is said so, recorded, and replaced", async () => {
    const inputs = trial.inputs("broken fault-init-failed");
    const failure = await project.create(trial.call(), inputs).catch((error: unknown) => error);
    if (!(failure instanceof CreatedNotReady)) throw failure;
    expect(failure.message).toMatch(/is INIT_FAILED/);
    const state = failure.state as unknown as Parameters<typeof project.diff>[0];
    expect(project.diff(state, inputs, inputs)).toEqual([{ property: "status", kind: "update", replace: true }]);
    await expect(project.create(trial.call(), inputs)).rejects.toThrow(
      /exists already as [a-z]{20}, and is INIT_FAILED/,
    );
  });
});

describe("changes behind its back", () => {
  test("a deleted project is gone", async () => {
    const inputs = trial.inputs("deleted-outside");
    const { id, state } = await project.create(trial.call(), inputs);
    await trial.client.deleteAProject(id);
    expect(await project.read(trial.call(), id, state, inputs)).toBeUndefined();
  });

  test("another password shows as a difference, without its value, and is repaired", async () => {
    const inputs = trial.inputs("password-outside");
    const { id, state } = await project.create(trial.call(), inputs);
    await trial.client.updateDatabasePassword(id, { password: "Set-in-the-dashboard" });
    const read = await project.read(trial.call(), id, state, inputs);
    expect(read?.state.databasePassword).toBe(REFUSED_PASSWORD);
    if (!read) throw new Error("the project was not read");
    expect(properties(project.diff(read.state, inputs, inputs))).toEqual(["databasePassword"]);
    const repaired = await project.update(trial.call(), id, read.state, inputs);
    expect(await whoAmI(repaired.directConnection)).toBe("postgres");
  });

  test("a database that wants TLS, or admits no address from here, refuses no password", async () => {
    const inputs = trial.inputs("enforced-outside");
    const { id, state } = await project.create(trial.call(), inputs);
    const differences = async () => {
      const read = await project.read(trial.call(), id, state, inputs);
      return read && properties(project.diff(read.state, inputs, inputs));
    };
    await trial.client.updateSslEnforcementConfig(id, { requestedConfig: { database: true } });
    await expect.poll(() => whoAmI(state.directConnection).catch((error) => error.code)).toBe("28000");
    expect(await differences()).toEqual([]);
    await trial.client.updateDatabasePassword(id, { password: "Set-in-the-dashboard" });
    expect(await differences()).toEqual(["databasePassword"]);
    await trial.client.updateNetworkRestrictions(id, { dbAllowedCidrs: ["192.0.2.0/24"] });
    expect(await differences()).toEqual([]);
  });

  test("a paused project shows as a difference, and up says what to do", async () => {
    const inputs = trial.inputs("paused-outside");
    const { id, state } = await project.create(trial.call(), inputs);
    await trial.client.pauseAProject(id);
    await trial.waitFor(id, "INACTIVE");
    const read = await project.read(trial.call(), id, state, inputs);
    if (!read) throw new Error("the project was not read");
    expect(read.state).toMatchObject({ status: "INACTIVE", databasePassword: inputs.databasePassword });
    expect(read.state.serviceRoleKey).toBe(state.serviceRoleKey);
    expect(properties(project.diff(read.state, inputs, inputs))).toEqual(["status"]);
    await expect(project.update(trial.call(), id, read.state, inputs)).rejects.toThrow(/INACTIVE.*restore it/);
    await expect(project.read(trial.call(), id, undefined, {})).rejects.toThrow(/cannot be imported while/);
  });
});

describe("tokens", () => {
  test("whose scopes leave billing out still bring a project up", async () => {
    const forbid = (line: string): Fate => (line.includes("/billing/") ? { status: 403, body: "{}" } : "pass");
    const front = await openFlakyFront({ behind: trial.cloud.endpoint, fate: forbid });
    try {
      const call = trial.call({ settings: { ...trial.settings(), endpoint: front.endpoint } });
      const { id, state } = await project.create(call, trial.inputs("no-billing"));
      expect(state).toMatchObject({ ref: id, status: "ACTIVE_HEALTHY" });
      const news = trial.inputs("no-billing", { instanceSize: "large" });
      expect(properties(project.diff(state, news, news))).toEqual(["instanceSize"]);
      await expect(project.update(call, id, state, news)).rejects.toThrow(/billing\/addons: 403.*scope/);
    } finally {
      await front.close();
    }
  });

  test("without access to the project", async () => {
    const ref = await trial.createOutside("not-yours");
    const other = trial.call({ settings: { ...trial.settings(), accessToken: trial.organization(1).token } });
    await expect(project.read(other, ref, undefined, {})).rejects.toThrow(/403.*request id.*no access/s);
    await expect(project.delete(other, ref, {} as never)).rejects.toThrow(/403/);
    const invalid = trial.call({ settings: { ...trial.settings(), accessToken: "sbp_not-a-token" } });
    await expect(project.create(invalid, trial.inputs("no-token"))).rejects.toThrow(/\[GET\] \/v1\/projects: 401/);
    expect(await trial.refs("not-yours")).toEqual([ref]);
  });
});
