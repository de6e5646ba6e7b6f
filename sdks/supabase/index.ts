export type { Connection } from "./connection.ts";
export {
  type GetApikeysArgs,
  type GetApikeysResult,
  getApikeys,
  getApikeysOutput,
} from "./get-apikeys.ts";
export { type GetPoolerArgs, type GetPoolerResult, getPooler, getPoolerOutput } from "./get-pooler.ts";
export { Project, type ProjectArgs } from "./project.ts";
export { Provider, type ProviderArgs } from "./provider.ts";
