/** How a database inside the shared preview project is reached. */
export interface DatabaseLogin {
  /** Reference of the shared project. */
  readonly ref: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}
