import { afterEach, beforeEach, expect, test } from "vitest";
import { admittedRanges, checkHttps, checkPlatform, checkProject } from "../../operations/doctor/platform.ts";
import { askAdvisors } from "../../operations/drift/advisors.ts";
import { callManagement, listProjects } from "../../operations/platform/account.ts";
import { ensureRestorePoint, restoreTo } from "../../operations/release/restore-point.ts";
import { createLogin } from "../../providers/database/connection/login-role.ts";
import { queryOverHttps } from "../../providers/database/connection/over-https.ts";
import { admittedFrom } from "../../providers/database/connection/restrictions.ts";
import type { Management } from "../../providers/management/access.ts";
import { ManagementApi } from "../../providers/supabase/management-api.ts";
import { type Fate, type FlakyFront, openFlakyFront } from "./flaky-front.ts";

const ref = "abcdefghijklmnopqrst";
const token = "sbp_hush-token";
let fate: Fate;
let front: FlakyFront;
let elsewhere: FlakyFront;
let access: Management;
beforeEach(async () => {
  elsewhere = await openFlakyFront({ behind: "http://127.0.0.1:1", fate: () => ({ status: 200, body: "[]" }) });
  front = await openFlakyFront({ behind: "http://127.0.0.1:1", fate: () => fate });
  access = { endpoint: front.endpoint, token };
});
afterEach(async () => {
  await front.close();
  await elsewhere.close();
});

const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (found) => JSON.stringify(found),
    (error: Error) => error.message,
  );
const restore = () => ({ ...access, ref, command: "npm run release -- back" });
const project = () => ({ projectRef: ref, management: access });

/** Everything that calls the Management API, and what a person reads where it refuses. */
const CALLERS: Record<string, () => Promise<string>> = {
  "provider supabase": () => {
    const settings = { endpoint: access.endpoint, accessToken: access.token };
    return said(new ManagementApi({ settings, signal: new AbortController().signal }).listProjects());
  },
  "short-lived login": () => said(createLogin(project())),
  "query over HTTPS": () => said(queryOverHttps(project())("select 1")),
  "network restrictions": async () => {
    const config = { ...project(), database: undefined };
    const messages: string[] = [];
    const context = { warn: (text: string) => void messages.push(text) };
    await admittedFrom({ config, context } as unknown as Parameters<typeof admittedFrom>[0]);
    return messages.join();
  },
  "list of projects": () => said(listProjects(access)),
  "one call of an account": () => said(callManagement(access, { method: "DELETE", path: `/v1/projects/${ref}` })),
  advisors: () => said(askAdvisors({ ...access, ref })),
  "restore point": () => said(ensureRestorePoint(restore())),
  "going back": () => said(restoreTo(restore(), "before-260101-000000")),
  "doctor, platform": () => said(checkPlatform(access)),
  "doctor, project": () => said(checkProject(access, ref)),
  "doctor, HTTPS": () => said(checkHttps(access, ref)),
};

test.each(Object.keys(CALLERS))(
  "%s: a refusal keeps status, words and request id, and shows no token",
  async (name) => {
    const body = JSON.stringify({ message: `no room for ${token}` });
    fate = { status: 422, headers: { "x-request-id": "req-4711" }, body };
    const text = await CALLERS[name]?.();
    expect(text).toMatch(/422 no room for \[secret\]/);
    expect(text).toContain("request id req-4711");
    expect(text).not.toContain(token);
    // What to do next, in the words of each.
    expect(text).toMatch(/again|Next|next|Look at|Take a backup/);
  },
);

test.each(Object.keys(CALLERS))("%s: a redirect is not followed with the token", async (name) => {
  fate = { status: 307, headers: { location: `${elsewhere.endpoint}/v1/elsewhere` } };
  const text = await CALLERS[name]?.();
  expect(text).toMatch(/307 a redirect to 127\.0\.0\.1:\d+, which is not followed/);
  expect(elsewhere.seen).toEqual([]);
});

test("ranges that cannot be read admit everybody, as far as doctor knows", async () => {
  fate = { status: 500 };
  expect(await admittedRanges(access, ref)).toEqual([]);
});
