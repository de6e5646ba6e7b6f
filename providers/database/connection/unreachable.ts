import type { Call, Kind } from "../../host/kind.ts";
import { isReadOnly } from "../../host/read-only.ts";
import { retryWhile } from "../../host/retry.ts";
import type { Configuration } from "../configuration.ts";
import { DatabaseError } from "./error.ts";
import { isUnreachable } from "./explain.ts";

const RETRY = { withinMs: 20_000, firstPauseMs: 500, longestPauseMs: 8_000 };

/** Why the last read found nothing out; absent where it did. */
interface Unreachable {
  unreachable?: string;
  /** The name that versions before 0.2 recorded it under. */
  unread?: string;
}

/**
 * A kind that stays as recorded where its database accepts no session while it is read, and shows that as a difference. The
 * `up` that would let us in again (another password, network restrictions) reads everything first, and would otherwise
 * fail there. Its update begins by reading, and changes only what differs. A check that only looks fails as before.
 */
export function keepRecordedWhenUnreachable<Inputs extends object, State extends object>(
  definition: Kind<Inputs, State, Configuration>,
): Kind<Inputs, State, Configuration> {
  const marked: Kind<Inputs, State & Unreachable, Configuration> = {
    ...definition,
    diff(olds, news, recordedInputs) {
      const changes = definition.diff(olds, news, recordedInputs);
      return noteOf(olds) === undefined ? changes : [...changes, { property: "unreachable", kind: "delete" }];
    },
    async read(call, id, recorded, recordedInputs) {
      try {
        return await definition.read(call, id, withoutNote(recorded), recordedInputs);
      } catch (error) {
        if (!recorded || isReadOnly() || !isUnreachable(error)) throw error;
        const unreachable = error instanceof Error ? error.message : String(error);
        call.context.warn(
          `${unreachable}\n  Taken as it was recorded; up looks again, with the login that is configured now. ` +
            "To leave reading out: npm run up -- STACK --no-refresh.",
        );
        return { id, state: { ...recorded, unreachable } };
      }
    },
    async update(call, id, olds, news) {
      const known = withoutNote(olds) ?? olds;
      if (noteOf(olds) === undefined) return definition.update(call, id, known, news);
      const found = await onceLetIn(call, () => definition.read(call, id, known, {}));
      const state = found?.state ?? known;
      if (!found || definition.diff(state, news).length > 0) return definition.update(call, id, state, news);
      return { ...state, ...news };
    },
  };
  // The engine passes the mark on; no other code reads it.
  return marked as unknown as Kind<Inputs, State, Configuration>;
}

/** Another resource of the same `up` may be removing what keeps us out, such as network restrictions. */
function onceLetIn<Result>({ context }: Call<Configuration>, read: () => Promise<Result>): Promise<Result> {
  // The platform bans addresses that repeat a wrong password.
  const mayPass = (error: unknown) =>
    isUnreachable(error) && !(error instanceof DatabaseError && error.code === "28P01");
  const reasonToRetry = (error: unknown) => (mayPass(error) ? "waiting to be let in" : undefined);
  return retryWhile(read, { ...RETRY, signal: context.signal, reasonToRetry, onWait: context.progress });
}

function noteOf({ unreachable, unread }: Unreachable): string | undefined {
  return unreachable ?? unread;
}

function withoutNote<State extends object>(recorded: (State & Unreachable) | undefined): State | undefined {
  if (!recorded) return undefined;
  const { unreachable: _, unread: __, ...state } = recorded;
  return state as unknown as State;
}
