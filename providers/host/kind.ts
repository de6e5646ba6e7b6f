import type { z } from "zod";
import type { Context } from "./context.ts";
import type { Declaration, FunctionDeclaration } from "./declaration.ts";

/** A property bag as it travels between engine and provider. Values may be `UNKNOWN` during a preview. */
export type Properties = Record<string, unknown>;

/** Stands for a value that is not known before another resource has been created. It is the engine's own marker. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One refused input. */
export interface CheckFailure {
  /** Name of the offending input property, empty when several are concerned together. */
  property: string;
  reason: string;
}

/** One property that differs between the recorded (or live) state and the desired inputs. */
export interface Change {
  /** Property path as the engine writes it, such as `roles[1]` or `settings.catalog`. */
  property: string;
  kind: "add" | "delete" | "update";
  /** True when the resource has to be deleted and created again for this property to change. */
  replace?: boolean;
}

/**
 * The life cycle of one resource type. `Inputs` are checked inputs; `State` is what is recorded after an operation and
 * carries the live values under the names of the inputs, so that `diff` sees what changed outside.
 */
export interface Kind<Inputs extends object, State extends object, Config> {
  /** What the package schema says of it. */
  declaration: Declaration;
  /** Pulumi type token, such as `database:index:VaultSecret`. */
  token: string;
  /** Outputs that are always marked secret. An input that arrives as a secret is one in any case. */
  secrets: readonly string[];
  /**
   * Parses the inputs; the host calls it with unknown properties already taken out (see `check.ts`). `recordedInputs`
   * are those of the last operation, empty before the first and for a replacement; `name` is the resource's own.
   */
  check(
    news: Properties,
    unknowns: ReadonlySet<string>,
    recordedInputs?: Properties,
    name?: string,
  ): { inputs: Properties; failures: CheckFailure[] };
  /**
   * Compares state (live after a refresh, else as recorded) with desired inputs. No entry means no change.
   * `recordedInputs` are those of the last operation: an import records inputs that state, being read, may not have.
   */
  diff(olds: State, news: Inputs, recordedInputs?: Partial<Inputs>): Change[];
  /** What a person should know before the update is made, beyond the names of the properties. Told by preview and up. */
  foresee?(olds: State, news: Inputs): string[];
  /**
   * What a person should know before a create that takes over what is there. Told by a preview of it, where the provider and
   * the inputs are known by then. It only looks; what it throws is dropped, as the create will find it, too.
   */
  foreseeCreate?(call: Call<Config>, inputs: Inputs): Promise<string[]>;
  /**
   * What has to be proven before state and inputs are compared, or refused: throws with what to do. Called when nothing
   * may be changed yet, in a preview too.
   */
  prove?(call: Call<Config>, olds: State, news: Inputs, recordedInputs: Partial<Inputs>): Promise<void>;
  /** Outputs that this update may change. A preview says that they are not known yet; the others stay as they are. */
  unsettled?(olds: State, news: Inputs): readonly string[];
  create(call: Call<Config>, inputs: Inputs): Promise<{ id: string; state: State }>;
  /**
   * Reads live state; `undefined` means the object is gone. On import `recorded` is undefined and `recordedInputs` is
   * empty.
   */
  read(
    call: Call<Config>,
    id: string,
    recorded: State | undefined,
    recordedInputs?: Partial<Inputs>,
  ): Promise<ReadAnswer<Inputs, State> | undefined>;
  update(call: Call<Config>, id: string, olds: State, news: Inputs, recordedInputs?: Partial<Inputs>): Promise<State>;
  /** Deletes the object. One that is gone already is a success. */
  delete(call: Call<Config>, id: string, olds: State): Promise<void>;
}

export interface ReadAnswer<Inputs, State> {
  id: string;
  state: State;
  /** The inputs that would lead to this state; needed for an import, omitted on a refresh. */
  inputs?: Inputs;
}

/** What every operation receives besides its properties. */
export interface Call<Config> {
  urn: string;
  /** The provider's configuration, parsed. */
  config: Config;
  /** Messages to the engine, and cancellation. */
  context: Context;
  /** Upper bound in seconds the user set with `customTimeouts`; 0 means none. */
  timeoutSeconds: number;
  /** The mark that an object made or adopted by this create is to carry. See `ownership.ts`. */
  mark?: string | undefined;
  /** On a delete: what the program still declares under this URN. The delete is then half of a replacement. */
  successor?: Properties | undefined;
  /** On a create: the recorded inputs of what this URN stood for. The create is then half of a replacement. */
  replaced?: Properties | undefined;
  /** What kinds note for later calls of the same operation of the engine. */
  notes?: Set<string> | undefined;
  /** Property paths the user left to others with `ignoreChanges`; the inputs hold the live values there. */
  ignored?: readonly string[] | undefined;
}

/** A function of the provider (an invoke). */
export interface Func<Config> {
  declaration: FunctionDeclaration;
  invoke(call: Call<Config>, args: Properties): Promise<Properties>;
}

/** A complete provider: configuration, resource types and functions. */
export interface Definition<Config> {
  name: string;
  version: string;
  description: string;
  /** Properties of the configuration. Every value is a string, as the engine passes it. */
  configuration: z.ZodObject;
  /** Parses provider configuration. Every value is a string, as the engine passes it. */
  parseConfig(args: Properties): { config?: Config; failures: CheckFailure[] };
  kinds: readonly AnyKind<Config>[];
  functions: readonly Func<Config>[];
}

/** A kind whose own property types the host does not need to know. */
export type AnyKind<Config> = Kind<Properties, Properties, Config>;

/** Remembers the type of a kind's state, for code that works with that kind alone. Nothing is there at run time. */
export interface Typed<State> {
  readonly typeOfState?: State;
}

/**
 * Erases the property types of a kind. Sound because the host hands a kind only inputs that its own `check` returned
 * and state that it returned itself.
 */
export function kind<Inputs extends object, State extends object, Config>(
  typed: Kind<Inputs, State, Config>,
): AnyKind<Config> & Typed<State> {
  return typed as unknown as AnyKind<Config>;
}

/**
 * The object exists but is not ready. The engine records id and state, and the next operation goes on from there
 * instead of creating a second one.
 */
export class CreatedNotReady extends Error {
  readonly id: string;
  readonly state: Properties;
  /** Properties of `state` to record as secrets; set by the host. */
  secrets: ReadonlySet<string> = new Set();

  constructor(details: { id: string; state: object; message: string }) {
    super(details.message);
    this.name = "CreatedNotReady";
    this.id = details.id;
    this.state = { ...details.state };
  }
}
