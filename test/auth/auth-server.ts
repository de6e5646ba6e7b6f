import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { startLocalCloud } from "../../local/cloud.ts";
import { cloudLayout, projectLayout } from "../../local/layout.ts";
import type { TestCloud, TestProject } from "../support/local-cloud.ts";

/** A program of github.com/supabase/auth, which no registry has; undefined where the machine was given none. */
export const AUTH_PROGRAM = process.env.TAILFIRE_AUTH_SERVER;

/** An answer of the Auth server. */
interface AuthAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly body: any;
}

/** The Auth server of a test's project, as an application and its administrator ask it. */
export interface AuthServer {
  readonly url: string;
  signUp(email: string): Promise<AuthAnswer>;
  logIn(email: string): Promise<AuthAnswer>;
  refresh(token: string): Promise<AuthAnswer>;
  /** With the service_role key, below /admin. */
  admin(method: string, path: string, body?: object): Promise<AuthAnswer>;
  /** With the anon key and no user. */
  ask(path: string): Promise<AuthAnswer>;
  /** Changes settings as the Management API has them. */
  set(settings: object): Promise<void>;
  log(): Promise<string>;
}

/** The password of every user of these tests. */
export const PASSWORD = "Test-only-password-1";

/** Gives every project of a cloud the Auth server of the machine. */
export async function openAuthServer(cloud: TestCloud, project: TestProject): Promise<AuthServer> {
  await startLocalCloud({ dataDir: cloud.dataDir, organizations: [], auth: AUTH_PROGRAM ?? "" });
  const path = `/v1/projects/${project.ref}`;
  const { database } = (await cloud.request({ path })).body;
  const url = `http://${database.host}:${database.api_port}/auth/v1`;
  const { body: keys } = await cloud.request({ path: `${path}/api-keys?reveal=true` });
  const key = (type: string) => keys.find((one: { type: string }) => one.type === type).api_key;
  const call = async (apikey: string, method: string, at: string, body?: object): Promise<AuthAnswer> => {
    const headers = { apikey, "content-type": "application/json" };
    const answer = await fetch(`${url}${at}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, body: JSON.parse((await answer.text()) || "null") };
  };
  const asAnybody = (at: string, body: object) => call(key("publishable"), "POST", at, body);
  return {
    url,
    signUp: (email) => asAnybody("/signup", { email, password: PASSWORD }),
    logIn: (email) => asAnybody("/token?grant_type=password", { email, password: PASSWORD }),
    refresh: (refresh_token) => asAnybody("/token?grant_type=refresh_token", { refresh_token }),
    admin: (method, at, body) => call(key("secret"), method, `/admin${at}`, body),
    ask: (at) => call(key("publishable"), "GET", at),
    set: async (body) => {
      const reply = await cloud.request({ method: "PATCH", path: `${path}/config/auth`, body });
      if (reply.status !== 200) throw new Error(`PATCH config/auth: ${reply.status} ${reply.body?.message}`);
    },
    log: () => readFile(join(projectLayout(cloudLayout(cloud.dataDir), project.ref).auth, "auth.log"), "utf8"),
  };
}

/** What a token says. */
export function claimsOf(token: string): Record<string, unknown> & { sub: string } {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}
