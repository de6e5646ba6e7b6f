/** One change somebody makes outside, in a transaction that is rolled back; data, so that a list can be long. */
export interface OutsideChange {
  /** As a person would tell it. Unique. */
  readonly name: string;
  readonly sql: string;
  /** The ids of every finding it is to give, and of no other. */
  readonly finds: readonly string[];
  /** Who makes it. Default `postgres`, a customer; `platform` is the superuser, for what no customer may. */
  readonly as?: "platform";
  /** On a hosted project it counts as the platform's own doing, and is no finding. */
  readonly platformsOwn?: true;
  /** What makes it undone, where it cannot be made in a transaction. */
  readonly back?: string;
}

/** A change the superuser makes. */
export function byPlatform(name: string, sql: string, ...finds: string[]): OutsideChange {
  return { name, sql, finds, as: "platform" };
}

/** The same, of what the platform makes for itself wherever it is. */
export function byPlatformItself(name: string, sql: string, ...finds: string[]): OutsideChange {
  return { name, sql, finds, as: "platform", platformsOwn: true };
}

/** A change that role `postgres` makes, as any customer may. */
export function byCustomer(name: string, sql: string, ...finds: string[]): OutsideChange {
  return { name, sql, finds };
}
