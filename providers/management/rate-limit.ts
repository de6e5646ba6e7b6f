import { setTimeout as sleep } from "node:timers/promises";
import { isLoopback } from "../host/loopback.ts";
import type { ManagementAccess } from "./access.ts";

const MINUTE_MS = 60_000;
/** What the platform allows a user; source: the "Rate limits" of the Management API's reference. */
const DEFAULT_REQUESTS_PER_MINUTE = 60;

/**
 * Keeps the requests of one token within a number a minute, over all resources of a run: the platform counts per user.
 * The window slides: a request waits until the one that lies that many back is a minute old. A `Retry-After` holds
 * everybody back, since the limit is theirs together.
 */
export class RateLimit {
  readonly #perMinute: number;
  /** Times of the requests of the last minute, the oldest first; those waiting have theirs in the future. */
  #slots: number[] = [];
  #closedUntil = 0;

  /** @param perMinute 0 means no limit */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Waits for its turn. Rejects when the signal is aborted; the turn is then lost, which errs on the safe side. */
  async take(signal?: AbortSignal): Promise<void> {
    for (;;) {
      const wait = Math.max(this.#reserve(), this.#closedUntil - Date.now());
      if (wait > 0) await sleep(wait, undefined, { signal });
      // Somebody may have been told to come back later while this one waited.
      if (this.#closedUntil <= Date.now()) return;
    }
  }

  /** No request is sent before this many milliseconds have passed. */
  holdBack(milliseconds: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, Date.now() + milliseconds);
  }

  /** Takes the next free slot, and tells how far away it is. */
  #reserve(): number {
    if (this.#perMinute === 0) return 0;
    const now = Date.now();
    this.#slots = this.#slots.filter((at) => at > now - MINUTE_MS);
    const nth = this.#slots[this.#slots.length - this.#perMinute];
    const slot = nth === undefined ? now : Math.max(now, nth + MINUTE_MS);
    this.#slots.push(slot);
    return slot - now;
  }
}

const limits = new Map<string, RateLimit>();

/**
 * The limiter that everybody with this endpoint and token shares in this process. A local cloud is not limited, unless
 * the setting says so.
 */
export function rateLimitOf(settings: ManagementAccess): RateLimit {
  const { endpoint, accessToken } = settings;
  const usual = isLoopback(new URL(endpoint).hostname) ? 0 : DEFAULT_REQUESTS_PER_MINUTE;
  const perMinute = settings.requestsPerMinute ?? usual;
  const key = `${endpoint} ${accessToken} ${perMinute}`;
  const found = limits.get(key) ?? new RateLimit(perMinute);
  limits.set(key, found);
  return found;
}
