import { DatabaseError } from "./error.ts";
import type { ShortLivedLogin } from "./login-role.ts";
import type { Query } from "./over-https.ts";
import { type Address, type Reachable, reachableAddress } from "./reachable.ts";
import { loginNameOf, type Target } from "./target.ts";

/** What a database can be reached with besides its own address and password. */
export interface Alternatives {
  /** Tried where the direct address does not answer. */
  pooler?: Address;
  /** Makes a login that takes the place of the configured user and password. */
  login?: () => Promise<ShortLivedLogin>;
  /** Reads over HTTPS, for where neither address answers. */
  query?: Query;
}

/** A login that ends sooner is renewed before the next operation begins. */
const LOGIN_SPARE_MS = 60_000;

/** The way to one database: found out once, with a login that still holds. */
export class Route {
  readonly #configured: Target;
  readonly #alternatives: Alternatives;
  #reached: Promise<Reachable> | undefined;
  #login: Promise<ShortLivedLogin> | undefined;
  /** Password of the login that was handed out last. */
  #held: string | undefined;

  constructor(configured: Target, alternatives: Alternatives) {
    this.#configured = configured;
    this.#alternatives = alternatives;
  }

  /** Reads over HTTPS; undefined where no Management API is configured. */
  get query(): Query | undefined {
    return this.#alternatives.query;
  }

  /** Where to connect now, and as whom; why not, where no address answers. */
  async find(): Promise<Target | DatabaseError> {
    const way = await this.#reach();
    if (way.by === "none") {
      // Asked again next time: a network comes back.
      this.#reached = undefined;
      const next =
        "Next: open port 5432 towards one of them, restore the project if it is paused, or run this elsewhere.";
      return new DatabaseError(`no session is to be had: ${way.reason}\n  ${next}`, { code: way.code });
    }
    const target = { ...this.#configured, ...way.address };
    const { login } = this.#alternatives;
    if (!login) return target;
    const { user, password } = await this.#holdLogin(login);
    this.#held = password;
    return { ...target, user: loginNameOf(user, target.user), password, role: "postgres" };
  }

  /** Lets go of the short-lived login with this password, so that another is asked for. False where there is none at all. */
  forgetLogin(password: string): boolean {
    if (!this.#alternatives.login) return false;
    if (this.#held === password) this.#login = undefined;
    return true;
  }

  #reach(): Promise<Reachable> {
    const { pooler } = this.#alternatives;
    const { host, port, user } = this.#configured;
    this.#reached ??= pooler
      ? reachableAddress({ host, port, user }, pooler)
      : Promise.resolve({ by: "direct", address: { host, port, user } });
    return this.#reached;
  }

  /** The login there is while it holds; several operations that find it ending share the next one. */
  async #holdLogin(create: () => Promise<ShortLivedLogin>): Promise<ShortLivedLogin> {
    const asked = this.#login;
    const held = await asked?.catch(() => undefined);
    if (held && held.until - Date.now() > LOGIN_SPARE_MS) return held;
    if (this.#login === asked) this.#login = create();
    return this.#login ?? create();
  }
}
