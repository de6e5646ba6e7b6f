import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { ManagementAccess } from "../management/access.ts";
import { apiOf } from "./api-of.ts";
import type { ApiKeyBody } from "./contract.ts";
import { apikeyDeclaration, type Inputs, type Outputs } from "./declarations/apikey.ts";
import { type ManagementApi, unlessMissing } from "./management-api.ts";
import { markedInProject } from "./ownership/marks.ts";

type State = Inputs & Outputs;

/** A publishable or secret key of a project. */
const lifecycle: Kind<Inputs, State, ManagementAccess> = {
  ...declared(apikeyDeclaration),
  check: (news, unknowns) => checkWith(apikeyDeclaration.inputs, news, unknowns),
  diff(olds, news) {
    return compare(
      { ...olds, description: olds.description ?? "" },
      { ...news, description: news.description ?? "" },
      {
        replace: replacingOf(apikeyDeclaration.inputs),
        update: ["name", "description"],
      },
    );
  },
  async create(call, news) {
    const api = apiOf(call);
    const { name, type, description } = news;
    const path = `${pathOf(news.projectRef)}?reveal=true`;
    const template = type === "secret" ? { secret_jwt_template: { role: "service_role" } } : {};
    const body = { name, type, ...(description === undefined ? {} : { description }), ...template };
    // Names are unique by type: what an interrupted create left behind is taken over.
    const existing = (await api.getApiKeys(news.projectRef)).find((key) => key.name === name && key.type === type);
    if (existing?.id) {
      call.context.warn(`the ${type} key "${name}" of project ${news.projectRef} existed: it was adopted, not created`);
      return { id: existing.id, state: await change(api, existing.id, news) };
    }
    const made = (await api.request({ method: "POST", path, body, retry: false })) as ApiKeyBody;
    return { id: String(made.id), state: stateOf(made, news.projectRef) };
  },
  async read(call, id, recorded) {
    const [ref, key] = recorded ? [recorded.projectRef, id] : id.split("/");
    if (!ref || !key) throw new Error(`"${id}" names no key: import a key as PROJECT_REF/KEY_ID`);
    const found = await find(apiOf(call), ref, key);
    if (!found) return undefined;
    const state = stateOf(found, ref);
    const { name, type, description, projectRef } = state;
    return { id: key, state, ...(recorded ? {} : { inputs: { projectRef, name, type, description } }) };
  },
  update: (call, id, _olds, news) => change(apiOf(call), id, news),
  async delete(call, id, olds) {
    await unlessMissing(apiOf(call).request({ method: "DELETE", path: `${pathOf(olds.projectRef)}/${id}` }));
  },
};

export const apikeyKind = kind(
  owned(lifecycle, markedInProject({ objects: (id) => [`API key ${id}`], ref: ({ projectRef: ref }) => ref })),
);

const pathOf = (ref: string): string => `/v1/projects/${ref}/api-keys`;

async function find(api: ManagementApi, ref: string, id: string): Promise<ApiKeyBody | undefined> {
  const path = `${pathOf(ref)}/${id}?reveal=true`;
  return (await unlessMissing(api.request({ method: "GET", path }))) as ApiKeyBody | undefined;
}

async function change(api: ManagementApi, id: string, { projectRef, name, description }: Inputs): Promise<State> {
  const path = `${pathOf(projectRef)}/${id}?reveal=true`;
  const body = { name, description: description ?? null };
  return stateOf((await api.request({ method: "PATCH", path, body })) as ApiKeyBody, projectRef);
}

function stateOf(key: ApiKeyBody, ref: string): State {
  const { name, api_key, type, description, secret_jwt_template } = key;
  return {
    projectRef: ref,
    name,
    type: type === "publishable" ? "publishable" : "secret",
    description: description ?? undefined,
    apiKey: api_key ?? "",
    secretJwtTemplate: secret_jwt_template ?? undefined,
  };
}
