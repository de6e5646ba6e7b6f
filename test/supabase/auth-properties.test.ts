import { createHash } from "node:crypto";
import type { AuthSettingsArgs } from "@pulumi/supabase";
import { afterAll, beforeAll, expect, test } from "vitest";
import { authSettingsKind } from "../../providers/supabase/auth-settings.provider.ts";
import { type EachProperty, updateEach } from "./each-property.ts";
import { Life } from "./life.ts";
import { Trial } from "./trial.ts";

let trial: Trial;
let ref: string;
beforeAll(async () => {
  trial = await Trial.open();
  ref = await trial.createOutside("auth properties");
});
afterAll(() => trial.close());

const SECRETS = ["smtp_pass", "hook_custom_access_token_secrets"];

/** `further` holds settings by their API names; auth-settings.provider.test.ts has it. */
const cases: EachProperty<AuthSettingsArgs, "further"> = {
  siteUrl: "https://one.example.com",
  uriAllowList: "https://two.example.com,https://three.example.com",
  disableSignup: true,
  jwtExp: 1800,
  externalEmailEnabled: false,
  externalPhoneEnabled: true,
  externalAnonymousUsersEnabled: true,
  mailerAutoconfirm: true,
  passwordMinLength: 12,
  refreshTokenRotationEnabled: false,
  securityRefreshTokenReuseInterval: 20,
  sessionsTimebox: 24,
  sessionsInactivityTimeout: 8,
  sessionsSinglePerUser: true,
  mfaMaxEnrolledFactors: 4,
  rateLimitEmailSent: 7,
  smtpHost: "mail.example.com",
  smtpPort: "465",
  smtpUser: "sender",
  smtpPass: "hush-1",
  smtpAdminEmail: "admin@example.com",
  smtpSenderName: "Tailfire",
  hookCustomAccessTokenUri: "pg-functions://postgres/public/custom_access_token_hook",
  hookCustomAccessTokenSecrets: "v1,whsec_hush",
  hookCustomAccessTokenEnabled: true,
};

test("each property is updated by itself, and read back by another client", { timeout: 60_000 }, async () => {
  async function see(setting: string, written: string | number | boolean): Promise<unknown> {
    const values: Record<string, unknown> = { ...(await trial.client.getAuthServiceConfig(ref)).data };
    const digest = createHash("sha256").update(String(written)).digest("hex");
    return SECRETS.includes(setting) && values[setting] === digest ? written : values[setting];
  }
  await updateEach({ kind: authSettingsKind, trial, ref, cases, see });
  const imported = new Life({ kind: authSettingsKind, trial });
  await imported.import(ref);
  const { further, projectRef, ...declared } = imported.state as Record<string, unknown>;
  expect([projectRef, typeof further]).toEqual([ref, "object"]);
  // Every property that the provider knows, also one the declaration leaves out.
  expect(Object.keys(declared).sort()).toEqual(Object.keys(cases).sort());
});
