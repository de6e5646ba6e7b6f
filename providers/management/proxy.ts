import { isLoopback } from "../host/loopback.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that leads to an address, as curl finds it: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY names the host, the
 * domain it lies in, or `*`. Lower case comes first. This machine is never asked for through a proxy.
 * @throws Error for a proxy that does not speak HTTP
 */
export function proxyOf(url: URL, env: Variables = process.env): URL | undefined {
  if (isLoopback(url.hostname)) return undefined;
  const read = (name: string): string => (env[name] ?? env[name.toUpperCase()] ?? "").trim();
  const given = read(url.protocol === "https:" ? "https_proxy" : "http_proxy");
  if (given === "" || isExcepted(url, read("no_proxy"))) return undefined;
  const address = given.includes("://") ? given : `http://${given}`;
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol === "http:" || proxy?.protocol === "https:") return proxy;
  // Its text may hold a password.
  throw new Error("HTTPS_PROXY or HTTP_PROXY is not the address of an HTTP proxy, such as http://proxy.example:3128");
}

function isExcepted(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return list.split(/[,\s]+/).some((entry) => {
    const [, name = "", only = port] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
    const domain = name.replace(/^\*?\./, "");
    if (domain === "" || only !== port) return false;
    return domain === "*" || url.hostname === domain || url.hostname.endsWith(`.${domain}`);
  });
}

/** A `fetch` that goes through a proxy, as {@link proxyOf} finds it; without one, directly. */
export function fetchVia(proxy: URL | undefined): Promise<typeof fetch> {
  return proxy ? fetchThrough(proxy) : fetchDirectly();
}

const clients = new Map<string, Promise<typeof fetch>>();

/** A `fetch` that goes through a proxy: the one of Node 20 knows none. */
function fetchThrough(proxy: URL): Promise<typeof fetch> {
  const found = clients.get(proxy.href) ?? load(proxy);
  clients.set(proxy.href, found);
  return found;
}

/**
 * A `fetch` that goes through no proxy. Node's own takes that of the environment to this machine, too, where Node is told to
 * use one (NODE_USE_ENV_PROXY, --use-env-proxy; Node 22.21 and 24).
 */
async function fetchDirectly(): Promise<typeof fetch> {
  const { NODE_USE_ENV_PROXY: use = "", NODE_OPTIONS: options = "" } = process.env;
  const isToldSo = use === "1" || [options, ...process.execArgv].some((text) => text.includes("--use-env-proxy"));
  if (!isToldSo) return fetch;
  direct ??= load(undefined);
  return direct;
}

let direct: Promise<typeof fetch> | undefined;

async function load(proxy: URL | undefined): Promise<typeof fetch> {
  // Read only where there is a proxy: it would lengthen the start of every plugin.
  const undici = await import("undici");
  const dispatcher = proxy ? new undici.ProxyAgent(proxy.href) : new undici.Agent();
  // Its types describe the same functions in words of its own.
  const through = undici.fetch as unknown as (url: unknown, options: object) => Promise<Response>;
  return (url, options) => through(url, { ...options, dispatcher });
}
