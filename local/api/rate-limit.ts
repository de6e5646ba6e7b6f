import type { MiddlewareHandler } from "hono";
import type { ApiEnv, RateLimit } from "./context.ts";

const WINDOW_MS = 60_000;

/**
 * Counts requests for each token. The platform allows 60 a minute and, once that is exceeded, refuses everything for
 * the minute that follows.
 */
export function rateLimiter(limit: RateLimit): MiddlewareHandler<ApiEnv> {
  const windows = new Map<string, { ends: number; used: number }>();
  return async (c, next) => {
    if (limit.perMinute === 0) return next();
    const token = c.get("organization").token;
    const now = Date.now();
    let window = windows.get(token);
    if (!window || window.ends <= now) window = { ends: now + WINDOW_MS, used: 0 };
    windows.set(token, window);
    window.used++;
    if (window.used === limit.perMinute + 1) window.ends = now + WINDOW_MS;
    const seconds = String(Math.ceil((window.ends - now) / 1000));
    c.header("x-ratelimit-limit", String(limit.perMinute));
    c.header("x-ratelimit-remaining", String(Math.max(0, limit.perMinute - window.used)));
    c.header("x-ratelimit-reset", seconds);
    if (window.used <= limit.perMinute) return next();
    c.header("retry-after", seconds);
    return c.json({ message: "ThrottlerException: Too Many Requests" }, 429);
  };
}

/** Reads TAILFIRE_RATE_LIMIT: requests a minute, default 0 (no limit). Throws on anything but a count. */
export function rateLimitFrom(env: NodeJS.ProcessEnv): RateLimit {
  const text = env.TAILFIRE_RATE_LIMIT ?? "0";
  if (!/^\d{1,6}$/.test(text)) throw new Error(`TAILFIRE_RATE_LIMIT: "${text}" is not a number of requests a minute`);
  return { perMinute: Number(text) };
}
