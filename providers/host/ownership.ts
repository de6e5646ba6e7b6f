import { type Call, CreatedNotReady, type Kind, type ReadAnswer } from "./kind.ts";

/** What a record knows of the mark that its object was given. */
export type Owned = {
  /** The mark. Absent in states of versions that gave none. */
  owner?: string | undefined;
};

/** Marks by object. An object without a mark is not among them. */
export type Marks = ReadonlyMap<string, string>;

/** Where the marks of a kind's objects are kept: a place that a later process, and another stack, can read. */
export interface Ownership<State, Config> {
  /** The objects that a resource stands for, in words that name each: `Vault secret fdw_password`. */
  objects(id: string, state: State): string[];
  /** Marks of these objects. Throws where they cannot be read: what is not known must not be deleted. */
  read(call: Call<Config>, state: State, objects: readonly string[]): Promise<Marks>;
  write(call: Call<Config>, state: State, marks: Marks): Promise<void>;
  /** Takes the marks of deleted objects away. Left out where they go with the object. */
  erase?(call: Call<Config>, state: State, objects: readonly string[]): Promise<void>;
  /** The state without some of the objects, for kinds that stand for several. */
  without?(state: State, objects: readonly string[]): State;
}

/**
 * A kind whose objects carry a mark of the resource that owns them. Create, which also adopts, writes a new mark to the
 * object and to the record; a delete whose record holds another mark than the object removes the record only. So the old
 * half of a replacement, which the engine deletes after the new half was created, does not take the object along.
 */
export function owned<Inputs extends object, State extends object, Config>(
  kind: Kind<Inputs, State, Config>,
  ownership: Ownership<State, Config>,
): Kind<Inputs, State & Owned, Config> {
  const claims = new Claims(ownership);
  const owning: Kind<Inputs, State & Owned, Config> = {
    ...kind,
    async create(call, inputs) {
      const { id, state } = await kind.create(call, inputs);
      return { id, state: await claims.claim(call, id, state) };
    },
    async read(call, id, recorded, recordedInputs) {
      const answer = await kind.read(call, id, recorded, recordedInputs);
      if (!answer) return undefined;
      const owner = recorded ? recorded.owner : await claims.soleOwner(call, answer);
      return { ...answer, state: { ...answer.state, ...(owner === undefined ? {} : { owner }) } };
    },
    async update(call, id, olds, news, recordedInputs) {
      const mine = await claims.withoutAnothers(call, id, olds);
      const state = await kind.update(call, id, mine, news, recordedInputs);
      return claims.keep(call, id, { olds: mine, state });
    },
    async delete(call, id, olds) {
      const objects = ownership.objects(id, olds);
      const anothers = await claims.anothers(call, id, olds);
      for (const object of anothers) {
        call.context.warn(`${object} belongs to another resource by now: only the record goes, the object stays.`);
      }
      const rest = objects.filter((object) => !anothers.includes(object));
      if (objects.length > 0 && rest.length === 0) return;
      const mine = anothers.length > 0 && ownership.without ? ownership.without(olds, anothers) : olds;
      await kind.delete(call, id, mine);
      await ownership.erase?.(call, olds, rest);
    },
  };
  return owning;
}

/** Whether an object is another's: it carries a mark that is not the recorded one. */
function isAnothers(recorded: string | undefined, held: string | undefined): boolean {
  return held !== undefined && held !== recorded;
}

class Claims<State extends object, Config> {
  readonly #ownership: Ownership<State, Config>;

  constructor(ownership: Ownership<State, Config>) {
    this.#ownership = ownership;
  }

  /** Marks everything that was just made or adopted. A failure hands the record over, with the mark it tried to give. */
  async claim(call: Call<Config>, id: string, state: State & Owned): Promise<State & Owned> {
    const { mark } = call;
    if (mark === undefined || state.owner === mark) return state;
    const marks = new Map(this.#ownership.objects(id, state).map((object) => [object, mark]));
    try {
      await this.#ownership.write(call, state, marks);
    } catch (error) {
      const answer = error instanceof Error ? error.message : String(error);
      const message = `${[...marks.keys()].join(", ")}: made, but its mark of ownership could not be written: ${answer}`;
      throw new CreatedNotReady({ id, state: { ...state, owner: mark }, message });
    }
    return { ...state, owner: mark };
  }

  /** After an update: objects that joined get the record's mark; a record of old without one gets its first. */
  async keep(call: Call<Config>, id: string, { olds, state }: { olds: State & Owned; state: State }) {
    const before = this.#ownership.objects(id, olds);
    const now = this.#ownership.objects(id, state);
    const joined = now.filter((object) => !before.includes(object));
    const gone = before.filter((object) => !now.includes(object));
    const mark = olds.owner ?? call.mark;
    if (mark === undefined) return state;
    const held = olds.owner === undefined ? await this.#ownership.read(call, state, now) : new Map<string, string>();
    const unmarked = olds.owner === undefined ? now.filter((object) => !held.has(object)) : joined;
    if (unmarked.length > 0) {
      await this.#ownership.write(call, state, new Map(unmarked.map((object) => [object, mark])));
    }
    if (gone.length > 0) await this.#ownership.erase?.(call, state, gone);
    const isOurs = olds.owner !== undefined || unmarked.length > 0;
    return { ...state, ...(isOurs ? { owner: mark } : {}) };
  }

  async anothers(call: Call<Config>, id: string, olds: State & Owned): Promise<string[]> {
    const objects = this.#ownership.objects(id, olds);
    if (objects.length === 0) return [];
    const held = await this.#ownership.read(call, olds, objects);
    return objects.filter((object) => isAnothers(olds.owner, held.get(object)));
  }

  /** What an update starts from. Only where a resource stands for several objects can it take some of them away. */
  async withoutAnothers(call: Call<Config>, id: string, olds: State & Owned): Promise<State & Owned> {
    if (!this.#ownership.without) return olds;
    const anothers = await this.anothers(call, id, olds);
    return anothers.length > 0 ? { ...olds, ...this.#ownership.without(olds, anothers) } : olds;
  }

  /** The mark that an import takes over: it is one and the same on all objects, or there is none. */
  async soleOwner(call: Call<Config>, { id, state }: ReadAnswer<unknown, State>): Promise<string | undefined> {
    const objects = this.#ownership.objects(id, state);
    const held = await this.#ownership.read(call, state, objects);
    const [first, ...others] = objects.map((object) => held.get(object));
    return others.every((mark) => mark === first) ? first : undefined;
  }
}
