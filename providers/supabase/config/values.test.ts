import { createHash, createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { isSame, isSecretSetting, observe, restated } from "./values.ts";

const ref = "abcdefghijklmnopqrst";
const digest = (value: string) => createHash("sha256").update(value).digest("hex");
const keyed = (value: string) => createHmac("sha256", ref).update(value).digest("hex");

test.each([
  ["equal", 10, 10, true],
  ["null and absent", null, undefined, true],
  ["another value", 10, 11, false],
  ["an object with more keys", { a: { enabled: true } }, { a: { enabled: true, max: 3 }, b: 1 }, true],
  ["an object that differs", { a: { enabled: true } }, { a: { enabled: false } }, false],
  ["a list in another order", ["::/0", "0.0.0.0/0"], ["0.0.0.0/0", "::/0"], true],
  ["a longer list", ["::/0"], ["0.0.0.0/0", "::/0"], false],
  ["its digest", "hush", digest("hush"), true],
  ["its digest keyed with the ref", "hush", keyed("hush"), true],
  ["the digest of another value", "hush", digest("loud"), false],
])("%s", (_, written, live, same) => {
  expect(isSame({ written, live, ref })).toBe(same);
});

test("a value in the API's words stays the user's until the API says something else", () => {
  const written = { statement_timeout: "30s", smtp_pass: "hush", max_rows: 10, unread: 1 };
  const live = { statement_timeout: "30000ms", smtp_pass: "*".repeat(8), max_rows: 10 };
  const answered = restated({ written, live, ref });
  expect(answered).toEqual({ statement_timeout: "30000ms", smtp_pass: "********" });
  const given = { written, answered, ref, absentIsDefault: false };
  expect(observe({ ...given, live })).toEqual(written);
  const later = { statement_timeout: "60000ms", smtp_pass: "********", max_rows: 11 };
  expect(observe({ ...given, live: later })).toEqual({ ...written, statement_timeout: "60000ms", max_rows: 11 });
  expect(observe({ ...given, live, absentIsDefault: true })).toMatchObject({ unread: null });
});

test("settings that are secrets are known by their names", () => {
  const secret = ["smtp_pass", "external_google_secret", "hook_send_sms_secrets", "sms_twilio_auth_token"];
  expect(secret.every(isSecretSetting)).toBe(true);
  expect(["site_url", "password_min_length", "rate_limit_token_refresh", "passkey_enabled"].some(isSecretSetting)).toBe(
    false,
  );
});
