/** How to reach a database, without the password. */
export interface Connection {
  /** Host name or address. */
  host: string;
  port: number;
  /** Role to log in as; on a pooler it carries the project ref (`postgres.REF`). */
  user: string;
  /** Name of the database. */
  database: string;
}
