/**
 * A `fetch` that goes through no proxy. Node's own takes that of the environment to this machine, too, where Node is told to
 * use one (NODE_USE_ENV_PROXY, --use-env-proxy; Node 22.21 and 24).
 */
export async function directFetch(): Promise<typeof fetch> {
  const { NODE_USE_ENV_PROXY: use = "", NODE_OPTIONS: options = "" } = process.env;
  const isToldSo = use === "1" || [options, ...process.execArgv].some((text) => text.includes("--use-env-proxy"));
  if (!isToldSo) return fetch;
  const undici = await import("undici");
  const dispatcher = new undici.Agent();
  const direct = undici.fetch as unknown as (url: unknown, options: object) => Promise<Response>;
  return (url, given) => direct(url, { ...given, dispatcher });
}
