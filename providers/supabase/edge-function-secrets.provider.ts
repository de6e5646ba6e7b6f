import { createHash } from "node:crypto";
import { checkWith } from "../host/check.ts";
import { declared } from "../host/declaration.ts";
import { type Change, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiOf } from "./api-of.ts";
import { isSame } from "./config/values.ts";
import { edgeFunctionSecretsDeclaration, type Inputs, type Outputs } from "./declarations/edge-function-secrets.ts";
import { type ManagementApi, unlessMissing } from "./management-api.ts";
import { markedInProject } from "./ownership/marks.ts";

type State = Inputs & Outputs;

/** Recorded in the place of a value that was changed by somebody else, so that refresh shows a difference. */
const CHANGED_OUTSIDE = "[changed outside]";

/** Environment variables of a project's functions. Others that the project has are left alone. */
const lifecycle: Kind<Inputs, State, ManagementAccess> = {
  ...declared(edgeFunctionSecretsDeclaration),
  check: (news, unknowns) => checkWith(edgeFunctionSecretsDeclaration.inputs, news, unknowns),
  diff: differences,
  unsettled: () => ["secretDigests"],
  create: async (call, news) => ({ id: news.projectRef, state: await apply(apiOf(call), news, []) }),
  update: (call, _, olds, news) => apply(apiOf(call), news, olds.secrets),
  async read(call, ref, recorded, recordedInputs = {}) {
    const live = await list(apiOf(call), ref);
    if (!live) return undefined;
    if (!recorded) {
      const all = [...live].filter(([name]) => !name.startsWith("SUPABASE_"));
      const state = { projectRef: ref, secrets: all.map(([name, value]) => ({ name, value })) };
      return { id: ref, state: { ...state, secretDigests: Object.fromEntries(all) }, inputs: state };
    }
    // The values that count are those that were written: state may hold what an earlier refresh noted.
    const written = recordedInputs.secrets ?? recorded.secrets;
    const secrets = written.flatMap(({ name, value }) => {
      const digest = live.get(name);
      if (digest === undefined) return [];
      const same = isSame({ written: value, live: digest, ref }) || digest === recorded.secretDigests[name];
      return [{ name, value: same ? value : CHANGED_OUTSIDE }];
    });
    return { id: ref, state: { projectRef: ref, secrets, secretDigests: recorded.secretDigests } };
  },
  async delete(call, ref, olds) {
    await remove(
      apiOf(call),
      ref,
      olds.secrets.map(({ name }) => name),
    );
  },
};

const objectOf = (name: string): string => `function secret ${name}`;

export const edgeFunctionSecretsKind = kind(
  owned(
    lifecycle,
    markedInProject({
      objects: (_, { secrets }) => secrets.map(({ name }) => objectOf(name)),
      ref: ({ projectRef: ref }) => ref,
      without: (state, objects) => ({
        ...state,
        secrets: state.secrets.filter(({ name }) => !objects.includes(objectOf(name))),
      }),
    }),
  ),
);

function differences(olds: State, news: Inputs): Change[] {
  const ref: string = news.projectRef;
  // A ref that is to be known later is that of a project that is to be made: an update keeps it.
  const moved = ref !== olds.projectRef;
  const changes: Change[] = moved ? [{ property: "projectRef", kind: "update", replace: true }] : [];
  if (!Array.isArray(news.secrets)) return [...changes, { property: "secrets", kind: "update" }];
  const before = new Map(olds.secrets.map(({ name, value }) => [name, value]));
  const wanted = new Map(news.secrets.map(({ name, value }) => [name, value]));
  // Of an imported secret only the digest is known.
  const differs = (name: string, value: string) =>
    !isSame({ written: value, live: before.get(name), ref: olds.projectRef });
  const set = [...wanted].filter(([name, value]) => differs(name, value));
  const gone = [...before.keys()].filter((name) => !wanted.has(name));
  return [
    ...changes,
    ...set.map(([name]): Change => ({ property: `secrets["${name}"]`, kind: before.has(name) ? "update" : "add" })),
    ...gone.map((name): Change => ({ property: `secrets["${name}"]`, kind: "delete" })),
  ];
}

async function apply(api: ManagementApi, news: Inputs, olds: Inputs["secrets"]): Promise<State> {
  const { projectRef: ref, secrets } = news;
  const wanted = new Set(secrets.map(({ name }) => name));
  const gone = olds.map(({ name }) => name).filter((name) => !wanted.has(name));
  // With ignoreChanges, the note that another value is in force stands in for it.
  const known = secrets.filter(({ value }) => value !== CHANGED_OUTSIDE);
  if (known.length > 0) {
    const values = known.flatMap(({ value }) => (value === "" ? [] : [value]));
    await api.request({ method: "POST", path: `/v1/projects/${ref}/secrets`, body: known, secrets: values });
  }
  await remove(api, ref, gone);
  const live = (await list(api, ref)) ?? new Map<string, string>();
  const digests = secrets.map(({ name, value }) => [name, live.get(name) ?? digestOf(value)]);
  return { ...news, secretDigests: Object.fromEntries(digests) };
}

async function remove(api: ManagementApi, ref: string, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await unlessMissing(api.request({ method: "DELETE", path: `/v1/projects/${ref}/secrets`, body: names }));
}

async function list(api: ManagementApi, ref: string): Promise<Map<string, string> | undefined> {
  const answer = await unlessMissing(api.request({ method: "GET", path: `/v1/projects/${ref}/secrets` }));
  if (answer === undefined) return undefined;
  return new Map((answer as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
}

function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}
