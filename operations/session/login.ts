import type { Login } from "../../db/connection.ts";
import { EngineError } from "../../engine/error.ts";
import type { StackOutputs } from "../../engine/result.ts";

/** How a database is reached, and who logs in. Never printed: `connectionString` makes text for people. */
export type DatabaseLogin = Login;

/** The login of a database, and the project it lies in. */
export interface ProjectLogin extends DatabaseLogin {
  /** Reference of the project. */
  readonly ref: string;
}

/** Which address of a project: its database's own, or one of its poolers. */
export type Route = "direct" | "sessionPooler" | "transactionPooler";

/**
 * The login of role `postgres`, from the outputs of a stack that were read with their secrets.
 * @throws EngineError naming every output that is missing
 */
export function loginOf(outputs: StackOutputs, route: Route = "direct"): ProjectLogin {
  const values = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  const address = route === "direct" ? values : recordOf(values[route]);
  const missing: string[] = [];
  const read = (from: Readonly<Record<string, unknown>>, name: string, shown = name): string => {
    const value = from[name];
    if ((typeof value === "string" && value !== "") || typeof value === "number") return String(value);
    missing.push(shown);
    return "";
  };
  const of = (name: string) => read(address, name, route === "direct" ? name : `${route}.${name}`);
  const login = {
    ref: read(values, "ref"),
    host: of("host"),
    port: Number(of("port")),
    user: of("user"),
    password: read(values, "databasePassword"),
    database: read(values, "database"),
  };
  if (missing.length === 0) return login;
  throw new EngineError({
    attempted: "Reading from the outputs of the stack how to log in",
    answered: `missing: ${missing.join(", ")}`,
    next: "Its first up did not end, or it has not run yet. Run npm run up.",
  });
}

/**
 * A login as text for people and for the files of other tools. The product itself logs in with the object.
 * @param options.query such as `sslmode=require`
 */
export function connectionString(login: DatabaseLogin, options: { readonly query?: string } = {}): string {
  const { host, port, user, password, database } = login;
  const who = [user, password].map(encodeURIComponent).join(":");
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const query = options.query === undefined ? "" : `?${options.query}`;
  return `postgresql://${who}@${address}/${encodeURIComponent(database)}${query}`;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
