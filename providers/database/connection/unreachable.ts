import type { Call, Kind } from "../../host/kind.ts";
import type { Configuration } from "../configuration.ts";
import { isReadOnly } from "./database.ts";
import { DatabaseError, isUnreachable } from "./explain.ts";
import { patiently } from "./retry.ts";

const PATIENCE = { withinMs: 20_000, firstPauseMs: 500, longestPauseMs: 8_000 };

/** Why the last read found nothing out; absent where it did. */
interface Unread {
  unread?: string;
}

/**
 * A kind that stays as recorded where its database lets nobody in while it is read, and shows that as a difference. The
 * `up` that would let us in again (another password, network restrictions) reads everything first, and would otherwise
 * fail there. Its update begins by reading, and changes only what differs. A check that only looks fails as before.
 */
export function mayBeUnread<Inputs extends object, State extends object>(
  definition: Kind<Inputs, State, Configuration>,
): Kind<Inputs, State, Configuration> {
  const marked: Kind<Inputs, State & Unread, Configuration> = {
    ...definition,
    diff(olds, news, recordedInputs) {
      const changes = definition.diff(olds, news, recordedInputs);
      return olds.unread === undefined ? changes : [...changes, { property: "unread", kind: "delete" }];
    },
    async read(call, id, recorded, recordedInputs) {
      try {
        return await definition.read(call, id, withoutNote(recorded), recordedInputs);
      } catch (error) {
        if (!recorded || isReadOnly() || !isUnreachable(error)) throw error;
        const unread = error instanceof Error ? error.message : String(error);
        call.context.warn(`${unread}\n  Taken as it was recorded; up looks again.`);
        return { id, state: { ...recorded, unread } };
      }
    },
    async update(call, id, olds, news) {
      const known = withoutNote(olds) ?? olds;
      if (olds.unread === undefined) return definition.update(call, id, known, news);
      const found = await onceLetIn(call, () => definition.read(call, id, known, {}));
      const state = found?.state ?? known;
      if (!found || definition.diff(state, news).length > 0) return definition.update(call, id, state, news);
      return { ...state, ...news };
    },
  };
  // Nobody else looks at the mark.
  return marked as unknown as Kind<Inputs, State, Configuration>;
}

/** Beside it the same `up` may be putting right what keeps us out, such as network restrictions. */
function onceLetIn<Answer>({ context }: Call<Configuration>, read: () => Promise<Answer>): Promise<Answer> {
  // The platform bans addresses that repeat a wrong password.
  const mayPass = (error: unknown) =>
    isUnreachable(error) && !(error instanceof DatabaseError && error.code === "28P01");
  const hopeAfter = (error: unknown) => (mayPass(error) ? "waiting to be let in" : undefined);
  return patiently(read, { ...PATIENCE, signal: context.signal, hopeAfter, onWait: context.progress });
}

function withoutNote<State extends object>(recorded: (State & Unread) | undefined): State | undefined {
  if (!recorded) return undefined;
  const { unread: _, ...state } = recorded;
  return state as unknown as State;
}
