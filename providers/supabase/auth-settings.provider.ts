import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const count = z.int().min(0);
const many = z.int().min(1).max(2_147_483_647);

/** Bounds: `UpdateAuthConfigBody` of the API's description. */
const inputs = {
  siteUrl: z.string().optional(),
  uriAllowList: z.string().optional(),
  disableSignup: z.boolean().optional(),
  jwtExp: count.max(604_800).optional(),
  externalEmailEnabled: z.boolean().optional(),
  externalPhoneEnabled: z.boolean().optional(),
  externalAnonymousUsersEnabled: z.boolean().optional(),
  mailerAutoconfirm: z.boolean().optional(),
  passwordMinLength: z.int().min(6).max(32_767).optional(),
  refreshTokenRotationEnabled: z.boolean().optional(),
  securityRefreshTokenReuseInterval: count.max(2_147_483_647).optional(),
  sessionsTimebox: z.number().min(0).optional(),
  sessionsInactivityTimeout: z.number().min(0).optional(),
  sessionsSinglePerUser: z.boolean().optional(),
  mfaMaxEnrolledFactors: count.max(2_147_483_647).optional(),
  rateLimitEmailSent: many.optional(),
  smtpHost: z.string().optional(),
  smtpPort: z.string().optional(),
  smtpUser: z.string().optional(),
  smtpPass: z.string().optional(),
  smtpAdminEmail: z.string().optional(),
  smtpSenderName: z.string().optional(),
  hookCustomAccessTokenEnabled: z.boolean().optional(),
  hookCustomAccessTokenUri: z
    .string()
    .regex(/^(pg-functions|https):\/\//, "expected pg-functions:// or https://")
    .optional(),
  hookCustomAccessTokenSecrets: z.string().optional(),
};

/** Log-in, as the project's auth server does it. */
export const authSettingsKind = configKind({
  token: "supabase:index/authSettings:AuthSettings",
  secrets: ["smtpPass", "hookCustomAccessTokenSecrets", "further"],
  inputs: { ...inputs, further: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.unknown()).optional() },
  form: typedForm({ section: "auth", properties: Object.keys(inputs), further: true }),
});
