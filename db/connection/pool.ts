import { demandAttributes } from "./attributes.ts";
import { coded, isConnectionError } from "./errors.ts";
import { type ParsedOptions, Session } from "./session.ts";
import type { Address } from "./socket.ts";

type Waiting = { take(session: Session): void; fail(error: unknown): void };

/** Up to `options.max` sessions, each used by one caller at a time. Callers wait in turn when all are in use. */
export class Pool {
  readonly #options: ParsedOptions;
  readonly #setUp: string;
  readonly #idle: { session: Session; timer: NodeJS.Timeout | undefined }[] = [];
  readonly #sessions = new Set<Session>();
  readonly #waiting: Waiting[] = [];
  #failures = 0;
  #lostAt = 0;
  #ending = false;
  #pause: NodeJS.Timeout | undefined;
  #drained: () => void = () => {};

  /** @param setUp statements every session runs before anything else; none where it is empty. */
  constructor(options: ParsedOptions, setUp: string) {
    this.#options = options;
    this.#setUp = setUp;
  }

  /** A session for the caller alone, until it is given back. */
  async take(): Promise<Session> {
    if (this.#ending) throw ended();
    const found = this.#idle.pop();
    if (found) {
      clearTimeout(found.timer);
      return found.session;
    }
    return new Promise((take, fail) => {
      this.#waiting.push({ take, fail });
      this.#serve();
    });
  }

  /** Takes a session back, for the caller that waits longest. */
  give(session: Session): void {
    session.onLost = undefined;
    if (session.lost) return;
    const next = this.#waiting[0];
    if ((this.#ending && !next) || this.#isOld(session)) {
      session.end();
      return;
    }
    if (next) {
      this.#waiting.shift();
      next.take(session);
      return;
    }
    const seconds = Number(this.#options.idle_timeout ?? 0);
    this.#idle.push({ session, timer: seconds > 0 ? setTimeout(() => session.end(), seconds * 1000) : undefined });
  }

  /** Ends all sessions once they are given back; after `timeout` seconds, where that is given, at once. */
  async end({ timeout }: { timeout?: number | null | undefined } = {}): Promise<void> {
    this.#ending = true;
    const drained = new Promise<void>((done) => {
      this.#drained = done;
    });
    for (const { session } of [...this.#idle]) session.end();
    if (this.#isDrained()) return;
    if (timeout === undefined || timeout === null) return drained;
    const timer = setTimeout(() => this.#destroy(), timeout * 1000);
    await drained;
    clearTimeout(timer);
  }

  async #open(): Promise<Session> {
    const addresses = addressesOf(this.#options);
    let failure: unknown = ended();
    for (const [index, address] of addresses.entries()) {
      if (this.#ending) throw ended();
      const session = new Session(this.#options, address, () => this.#forget(session));
      this.#sessions.add(session);
      try {
        await this.#begin(session, { of: addresses.length, last: index === addresses.length - 1 });
        return session;
      } catch (error) {
        session.close(error as Error);
        if (!isConnectionError(error)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Connects where that is known to be needed now; otherwise the first query does. */
  async #begin(session: Session, tried: { of: number; last: boolean }): Promise<void> {
    const wanted = this.#options.target_session_attrs;
    if (wanted) await demandAttributes(session, wanted, tried.last);
    if (this.#setUp || tried.of > 1) await session.run(this.#setUp);
  }

  #forget(session: Session): void {
    this.#sessions.delete(session);
    const index = this.#idle.findIndex((idle) => idle.session === session);
    if (index !== -1) clearTimeout(this.#idle.splice(index, 1)[0]?.timer);
    // Attempts that were under way together fail together, and count once.
    if (session.answered) this.#failures = 0;
    else if (session.openedAt > this.#lostAt) this.#failures++;
    this.#lostAt = performance.now();
    this.#serve();
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#sessions.size < this.#options.max && !this.#isPausing()) {
      const next = this.#waiting.shift();
      if (next) this.#open().then(next.take, next.fail);
    }
    if (this.#isDrained()) this.#drained();
  }

  #isDrained(): boolean {
    return this.#sessions.size === 0 && this.#waiting.length === 0;
  }

  /** A server that is away is not asked without a pause: as long as postgres.js would wait. */
  #isPausing(): boolean {
    if (this.#pause) return true;
    if (this.#failures === 0) return false;
    const backoff: unknown = this.#options.backoff;
    const seconds = typeof backoff === "function" ? Number(backoff(this.#failures)) : Number(backoff);
    const rest = this.#lostAt + seconds * 1000 - performance.now();
    if (rest <= 0) return false;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      // Whatever the pause says now: the time is over.
      this.#lostAt = Number.NEGATIVE_INFINITY;
      this.#serve();
    }, rest);
    return true;
  }

  #isOld({ openedAt }: Session): boolean {
    const given: unknown = this.#options.max_lifetime;
    const seconds = Number(typeof given === "function" ? given() : (given ?? 0));
    return seconds > 0 && performance.now() - openedAt > seconds * 1000;
  }

  #destroy(): void {
    const cause = coded("CONNECTION_DESTROYED", "The connections of this client were ended while they were in use.");
    for (const { fail } of this.#waiting.splice(0)) fail(cause);
    for (const session of [...this.#sessions]) session.close(cause);
  }
}

function ended(): Error {
  return coded("CONNECTION_ENDED", "The connections of this client were ended.");
}

function addressesOf(options: ParsedOptions): Address[] {
  // postgres.js sets a path where it leads to a Unix socket, and false where it does not.
  const { host, port, path } = options as unknown as { host: string[]; port: number[]; path?: string | false };
  if (path) return [{ host: "localhost", port: port[0] ?? 0, path }];
  return host.map((name, index) => ({ host: name, port: Number(port[index] ?? port[0]) }));
}
