import { eraseMarks, readMarks, type SendSql, writeMarks } from "../host/marks.ts";
import type { Ownership } from "../host/ownership.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import type { Database } from "./connection/database.ts";

/** Marks of an object in a database, kept in that database. `name` says what it is, from its id. */
export function markedInDatabase<State>(name: (id: string) => string): Ownership<State, Configuration> {
  return {
    objects: (id) => [name(id)],
    async read(call, _state, objects) {
      const what = `Reading whose ${objects.join(", ")} is`;
      const held = await attemptUnlessProjectGone(call, what, (database) => readMarks(sender(database), objects));
      return held ?? new Map();
    },
    async write(call, _state, marks) {
      const what = `Marking ${[...marks.keys()].join(", ")} as this stack's`;
      await attempt(call, what, (database) => writeMarks(sender(database), marks));
    },
    async erase(call, _state, objects) {
      const what = `Taking the mark of ${objects.join(", ")} away`;
      await attemptUnlessProjectGone(call, what, (database) => eraseMarks(sender(database), objects));
    },
  };
}

function sender({ pool }: Database): SendSql {
  return (text) => pool.unsafe(text);
}
