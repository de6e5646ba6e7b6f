import { z } from "zod";
import { configKind } from "./config/config-kind.ts";
import { typedForm } from "./config/form.ts";

const count = z.int().min(0);
const many = z.int().min(1).max(2_147_483_647);

/** Bounds: `UpdateAuthConfigBody` of the API's description. */
const inputs = {
  siteUrl: z.string().optional().describe("Address of the application, for links in mails."),
  uriAllowList: z.string().optional().describe("Further addresses to come back to, separated by commas."),
  disableSignup: z.boolean().optional().describe("Whether sign-up is closed."),
  jwtExp: count.max(604_800).optional().describe("Life of an access token in seconds, up to 604800."),
  externalEmailEnabled: z.boolean().optional().describe("Log-in by mail."),
  externalPhoneEnabled: z.boolean().optional().describe("Log-in by phone."),
  externalAnonymousUsersEnabled: z.boolean().optional().describe("Log-in without an identity."),
  mailerAutoconfirm: z.boolean().optional().describe("Whether addresses count as confirmed."),
  passwordMinLength: z.int().min(6).max(32_767).optional().describe("6 or more."),
  refreshTokenRotationEnabled: z.boolean().optional().describe("Whether a refresh token is good once."),
  securityRefreshTokenReuseInterval: count
    .max(2_147_483_647)
    .optional()
    .describe("Seconds in which a used one is accepted again."),
  sessionsTimebox: z.number().min(0).optional().describe("Longest session in hours; 0 for no limit."),
  sessionsInactivityTimeout: z
    .number()
    .min(0)
    .optional()
    .describe("Hours without use that end a session; 0 for no limit."),
  sessionsSinglePerUser: z.boolean().optional().describe("Whether a new session ends the others."),
  mfaMaxEnrolledFactors: count.max(2_147_483_647).optional().describe("Second factors a user may have."),
  rateLimitEmailSent: many.optional().describe("Mails an hour."),
  smtpHost: z.string().optional().describe("Own mail server."),
  smtpPort: z.string().optional().describe("Its port."),
  smtpUser: z.string().optional().describe("Its user."),
  smtpPass: z.string().optional().meta({ description: "Its password. A secret.", secret: true }),
  smtpAdminEmail: z.string().optional().describe("Sender's address."),
  smtpSenderName: z.string().optional().describe("Sender's name."),
  hookCustomAccessTokenEnabled: z.boolean().optional().describe("Whether a function adds claims to access tokens."),
  hookCustomAccessTokenUri: z
    .string()
    .regex(/^(pg-functions|https):\/\//, "expected pg-functions:// or https://")
    .optional()
    .describe("That function: `pg-functions://postgres/SCHEMA/FUNCTION`, or an https address."),
  hookCustomAccessTokenSecrets: z
    .string()
    .optional()
    .meta({ description: "Signing secrets of an https hook. A secret.", secret: true }),
};

const further = z
  .record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.unknown())
  .optional()
  .meta({
    description: "Any other settings by the API's own names, such as `external_google_client_id`. A secret.",
    secret: true,
  });

/** Log-in, as the project's auth server does it. */
export const authSettingsKind = configKind({
  token: "supabase:index/authSettings:AuthSettings",
  description:
    "Log-in, as the auth server of a project does it. Only what is set is managed; deleting leaves it as it is.",
  inputs: { ...inputs, further },
  form: typedForm({ section: "auth", properties: Object.keys(inputs), further: true }),
});
