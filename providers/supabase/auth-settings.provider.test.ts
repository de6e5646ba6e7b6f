import { expect, test } from "vitest";
import { settingsLife } from "../../test/supabase/settings-life.ts";
import { authSettingsKind } from "./auth-settings.provider.ts";

const hook = "pg-functions://postgres/public/custom_access_token_hook";

settingsLife({
  kind: authSettingsKind,
  path: "/config/auth",
  first: { siteUrl: "https://one.example.com" },
  steps: [
    {
      program: { siteUrl: "https://two.example.com", jwtExp: 1800 },
      differs: ["siteUrl", "jwtExp"],
      seen: { site_url: "https://two.example.com", jwt_exp: 1800 },
    },
    {
      program: { smtpPass: "hush-1", hookCustomAccessTokenEnabled: true, hookCustomAccessTokenUri: hook },
      differs: ["smtpPass", "hookCustomAccessTokenEnabled", "hookCustomAccessTokenUri"],
      seen: { hook_custom_access_token_enabled: true, hook_custom_access_token_uri: hook },
    },
    {
      program: { smtpPass: "hush-2", further: { external_google_enabled: true, external_google_secret: "hush-3" } },
      differs: ["smtpPass", "further.external_google_enabled", "further.external_google_secret"],
      seen: { external_google_enabled: true, site_url: "https://two.example.com" },
    },
  ],
  see: async (trial, ref) => (await trial.client.getAuthServiceConfig(ref)).data,
  async meddle(trial, ref) {
    await trial.client.updateAuthServiceConfig(ref, { smtp_pass: "set-in-the-dashboard" });
    return ["smtpPass"];
  },
});

test("a hook is a function of the database or an https address", () => {
  const check = (uri: string) =>
    authSettingsKind.check({ projectRef: "abcdefghijklmnopqrst", hookCustomAccessTokenUri: uri }, new Set()).failures;
  expect(check(hook)).toEqual([]);
  expect(check("http://example.com")).toMatchObject([{ property: "hookCustomAccessTokenUri" }]);
});
