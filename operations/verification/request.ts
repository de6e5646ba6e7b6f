/** What `npm run verify:hosted` is asked for, checked. */
export interface VerifyRequest {
  readonly local: boolean;
  /** Slug; undefined where it is to be found out. */
  readonly organization: string | undefined;
  readonly region: string;
  /** How databases are reached, both from here and from Preview's database to Production's. */
  readonly connection: "direct" | "session";
  /** Log in with short-lived logins rather than the database password. */
  readonly loginRole: boolean;
  /** Besides both environments: doctor, drift, rotate, and a project with every other resource. */
  readonly everything: boolean;
}
