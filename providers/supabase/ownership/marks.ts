import type { Call } from "../../host/kind.ts";
import { eraseMarks, readMarks, type SendSql, writeMarks } from "../../host/marks.ts";
import type { Marks, Ownership } from "../../host/ownership.ts";
import { retryWhile } from "../../host/retry.ts";
import type { ManagementAccess } from "../../management/access.ts";
import { apiOf } from "../api-of.ts";
import { LEAVING } from "../contract.ts";
import type { ManagementApi } from "../management-api.ts";

interface Marked<State> {
  objects(id: string, state: State): string[];
  /** The project in whose database the marks are kept; undefined while there is none, and no mark. */
  ref(state: State): string | undefined;
  /** Whether this very record says that the database is not up. */
  isDown?(state: State): boolean;
  /** False where the database, and the marks in it, go with the object. */
  outlives?: boolean;
  without?(state: State, objects: readonly string[]): State;
}

/** Marks that this process gave, by project and object: a project may have been paused since. */
const given = new Map<string, string>();

/**
 * Marks in the private schema of a project's database, reached over the Management API: projects, keys and secrets have no
 * place of their own for one, and the API needs no port, no password and no address that network restrictions admit.
 */
export function markedInProject<State>(marked: Marked<State>): Ownership<State, ManagementAccess> {
  const { objects, ref: refOf, outlives = true, without } = marked;
  const erase: Ownership<State, ManagementAccess>["erase"] = async (call, state, names) => {
    const ref = refOf(state);
    if (ref !== undefined) await eraseMarks(sender(call, ref, ""), names);
  };
  return {
    objects,
    ...(without ? { without } : {}),
    async read(call, state, names) {
      const api = apiOf(call);
      const ref = refOf(state);
      if (ref === undefined) return new Map();
      try {
        return await readMarks(sender(call, ref, "/read-only"), names);
      } catch (error) {
        return marksWithoutDatabase({ api, ref, names, error, isDown: marked.isDown?.(state) ?? false });
      }
    },
    async write(call, state, marks) {
      const ref = refOf(state);
      if (ref === undefined) return;
      await writeMarks(sender(call, ref, ""), marks);
      for (const [name, mark] of marks) given.set(`${ref} ${name}`, mark);
    },
    ...(outlives ? { erase } : {}),
  };
}

interface Unanswered {
  readonly api: ManagementApi;
  readonly ref: string;
  readonly names: readonly string[];
  readonly error: unknown;
  readonly isDown: boolean;
}

/** What is known of marks while no database answers. Throws where that is not enough to delete by. */
async function marksWithoutDatabase({ api, ref, names, error, isDown }: Unanswered): Promise<Marks> {
  const project = await api.getProject(ref);
  // A project that could not be set up never had a database, and none was adopted without a log-in to it.
  if (!project || LEAVING.includes(project.status) || project.status === "INIT_FAILED") return new Map();
  const here = names.flatMap((name): [string, string][] => {
    const mark = given.get(`${ref} ${name}`);
    return mark === undefined ? [] : [[name, mark]];
  });
  if (here.length > 0) return new Map(here);
  if (project.status === "ACTIVE_HEALTHY") throw error;
  if (isDown) return new Map();
  throw new Error(
    `whether ${names.join(", ")} belongs to another resource by now is written in the database of project ${ref}, ` +
      `which is ${project.status}. Nothing was deleted: run refresh, so that the record knows of it, or restore the ` +
      "project; then run again.",
  );
}

/** A server that restarts, as settings of the same `up` make it do, is waited for. What is written may be written twice. */
const RESTART = { withinMs: 60_000, firstPauseMs: 500, longestPauseMs: 4_000 };

/** Runs SQL in a project's database; to read, as a role that can write nothing. */
function sender(call: Call<ManagementAccess>, ref: string, way: "" | "/read-only"): SendSql {
  const api = apiOf(call);
  const { signal, progress: onWait } = call.context;
  const path = `/v1/projects/${ref}/database/query`;
  const reasonToRetry = (error: unknown) => (/57P0[123]/.test(String(error)) ? "the server restarts" : undefined);
  return (query) =>
    retryWhile(
      async () =>
        (await api.request({ method: "POST", path: path + way, body: { query } })) as Awaited<ReturnType<SendSql>>,
      { ...RESTART, signal, reasonToRetry, onWait },
    );
}
