import * as pulumi from "@pulumi/pulumi";

export interface AuthSettingsArgs {
  /** Ref of the project. Changing it replaces the resource. */
  projectRef: pulumi.Input<string>;
  /** Address of the application, for links in mails. */
  siteUrl?: pulumi.Input<string>;
  /** Further addresses to come back to, separated by commas. */
  uriAllowList?: pulumi.Input<string>;
  /** Whether sign-up is closed. */
  disableSignup?: pulumi.Input<boolean>;
  /** Life of an access token in seconds, up to 604800. */
  jwtExp?: pulumi.Input<number>;
  /** Log-in by mail. */
  externalEmailEnabled?: pulumi.Input<boolean>;
  /** Log-in by phone. */
  externalPhoneEnabled?: pulumi.Input<boolean>;
  /** Log-in without an identity. */
  externalAnonymousUsersEnabled?: pulumi.Input<boolean>;
  /** Whether addresses count as confirmed. */
  mailerAutoconfirm?: pulumi.Input<boolean>;
  /** 6 or more. */
  passwordMinLength?: pulumi.Input<number>;
  /** Whether a refresh token is good once. */
  refreshTokenRotationEnabled?: pulumi.Input<boolean>;
  /** Seconds in which a used one is accepted again. */
  securityRefreshTokenReuseInterval?: pulumi.Input<number>;
  /** Longest session in hours; 0 for no limit. */
  sessionsTimebox?: pulumi.Input<number>;
  /** Hours without use that end a session; 0 for no limit. */
  sessionsInactivityTimeout?: pulumi.Input<number>;
  /** Whether a new session ends the others. */
  sessionsSinglePerUser?: pulumi.Input<boolean>;
  /** Second factors a user may have. */
  mfaMaxEnrolledFactors?: pulumi.Input<number>;
  /** Mails an hour. */
  rateLimitEmailSent?: pulumi.Input<number>;
  /** Own mail server. */
  smtpHost?: pulumi.Input<string>;
  /** Its port. */
  smtpPort?: pulumi.Input<string>;
  /** Its user. */
  smtpUser?: pulumi.Input<string>;
  /** Its password. A secret. */
  smtpPass?: pulumi.Input<string>;
  /** Sender's address. */
  smtpAdminEmail?: pulumi.Input<string>;
  /** Sender's name. */
  smtpSenderName?: pulumi.Input<string>;
  /** Whether a function adds claims to access tokens. */
  hookCustomAccessTokenEnabled?: pulumi.Input<boolean>;
  /** That function: `pg-functions://postgres/SCHEMA/FUNCTION`, or an https address. */
  hookCustomAccessTokenUri?: pulumi.Input<string>;
  /** Signing secrets of an https hook. A secret. */
  hookCustomAccessTokenSecrets?: pulumi.Input<string>;
  /** Any other settings by the API's own names, such as `external_google_client_id`. A secret. */
  further?: pulumi.Input<Record<string, unknown>>;
}

/** Log-in, as the auth server of a project does it. Only what is set is managed; deleting leaves it as it is. */
export class AuthSettings extends pulumi.CustomResource {
  declare readonly projectRef: pulumi.Output<string>;
  declare readonly siteUrl: pulumi.Output<string | undefined>;
  declare readonly uriAllowList: pulumi.Output<string | undefined>;
  declare readonly disableSignup: pulumi.Output<boolean | undefined>;
  declare readonly jwtExp: pulumi.Output<number | undefined>;
  declare readonly externalEmailEnabled: pulumi.Output<boolean | undefined>;
  declare readonly externalPhoneEnabled: pulumi.Output<boolean | undefined>;
  declare readonly externalAnonymousUsersEnabled: pulumi.Output<boolean | undefined>;
  declare readonly mailerAutoconfirm: pulumi.Output<boolean | undefined>;
  declare readonly passwordMinLength: pulumi.Output<number | undefined>;
  declare readonly refreshTokenRotationEnabled: pulumi.Output<boolean | undefined>;
  declare readonly securityRefreshTokenReuseInterval: pulumi.Output<number | undefined>;
  declare readonly sessionsTimebox: pulumi.Output<number | undefined>;
  declare readonly sessionsInactivityTimeout: pulumi.Output<number | undefined>;
  declare readonly sessionsSinglePerUser: pulumi.Output<boolean | undefined>;
  declare readonly mfaMaxEnrolledFactors: pulumi.Output<number | undefined>;
  declare readonly rateLimitEmailSent: pulumi.Output<number | undefined>;
  declare readonly smtpHost: pulumi.Output<string | undefined>;
  declare readonly smtpPort: pulumi.Output<string | undefined>;
  declare readonly smtpUser: pulumi.Output<string | undefined>;
  declare readonly smtpPass: pulumi.Output<string | undefined>;
  declare readonly smtpAdminEmail: pulumi.Output<string | undefined>;
  declare readonly smtpSenderName: pulumi.Output<string | undefined>;
  declare readonly hookCustomAccessTokenEnabled: pulumi.Output<boolean | undefined>;
  declare readonly hookCustomAccessTokenUri: pulumi.Output<string | undefined>;
  declare readonly hookCustomAccessTokenSecrets: pulumi.Output<string | undefined>;
  declare readonly further: pulumi.Output<Record<string, unknown> | undefined>;

  constructor(name: string, args: AuthSettingsArgs, opts?: pulumi.CustomResourceOptions) {
    const smtpPass = args.smtpPass === undefined ? undefined : pulumi.secret(args.smtpPass);
    const hookCustomAccessTokenSecrets =
      args.hookCustomAccessTokenSecrets === undefined ? undefined : pulumi.secret(args.hookCustomAccessTokenSecrets);
    const further = args.further === undefined ? undefined : pulumi.secret(args.further);
    super(
      "supabase:index/authSettings:AuthSettings",
      name,
      { ...args, smtpPass, hookCustomAccessTokenSecrets, further },
      opts,
    );
  }
}
