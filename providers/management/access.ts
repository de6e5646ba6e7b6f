/** A Management API, and a token for it. */
export interface Management {
  /** Base URL, with or without a slash at its end. */
  readonly endpoint: string;
  /** Personal access token, or the token of an OAuth app. */
  readonly token: string;
}

/** How the provider `supabase` reaches the Management API: an address, a token, and how often it may be asked. */
export interface ManagementAccess {
  /** Personal access token, or the token of an OAuth app. */
  accessToken: string;
  /** Base URL of the Management API, without a slash at its end. */
  endpoint: string;
  /** Requests a minute that this process sends at most; 0 for no limit. Default: 60, and no limit on loopback. */
  requestsPerMinute?: number | undefined;
  /** Seconds until a request without an answer is given up. Default: 30. */
  requestTimeoutSeconds?: number | undefined;
}

/** The hosted Management API. */
export const HOSTED_ENDPOINT = "https://api.supabase.com";
