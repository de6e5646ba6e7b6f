import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { Cloud } from "../../engine/guard.ts";
import { projectRoot } from "../../engine/paths.ts";

/** Where this checkout belongs, as far as a mark is made from it. */
export interface MarkSource {
  readonly cloud: Cloud;
  readonly dataDir: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Address of the git remote `origin`; undefined where there is none. */
  readonly origin?: string | undefined;
}

/**
 * Says in the name of a preview whose it is: eight hexadecimal digits that stay the same for a repository, on a runner
 * and on a laptop. Without a repository they stand for the state backend, and without a named one for the data folder.
 */
export function previewMark(source: MarkSource): string {
  return createHash("sha256").update(ownerOf(source)).digest("hex").slice(0, 8);
}

/** Address of the git remote `origin` of this checkout. */
export function originOfCheckout(): string | undefined {
  try {
    const options = { cwd: projectRoot, encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["config", "--get", "remote.origin.url"], options).trim() || undefined;
  } catch {
    return undefined;
  }
}

function ownerOf({ cloud, dataDir, env = process.env, origin }: MarkSource): string {
  const { GITHUB_REPOSITORY: repository, GITHUB_SERVER_URL: server = "https://github.com" } = env;
  if (repository) return repositoryOf(`${server}/${repository}`);
  if (origin) return repositoryOf(origin);
  const backend = cloud === "hosted" ? env.PULUMI_BACKEND_URL : undefined;
  return backend ? withoutLogin(backend) : `${hostname()}:${dataDir}`;
}

/** host/owner/name, however the address is spelled: https, ssh, or git@host:owner/name. */
function repositoryOf(address: string): string {
  const short = /^(?:[^@/\s]+@)?([^/:\s]+):(?!\/)(.+)$/.exec(address);
  const [host, path] = short ? [short[1] ?? "", short[2] ?? ""] : partsOf(address);
  const clean = path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
  return `${host}/${clean}`.toLowerCase();
}

function partsOf(address: string): [host: string, path: string] {
  if (!URL.canParse(address)) return ["", address];
  const { hostname: host, pathname } = new URL(address);
  return [host, pathname];
}

/** A backend's address without what may change while it is the same backend. */
function withoutLogin(address: string): string {
  if (!URL.canParse(address)) return address;
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`.replace(/\/+$/, "");
}
