import { resolve } from "node:path";
import { findDaemon } from "./daemon/client.ts";
import { cloudLayout, projectLayout } from "./layout.ts";
import { findPostmaster } from "./postgres/cluster.ts";
import { type CloudState, readState } from "./state.ts";

/** Where a client tried to connect. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/**
 * Why no server answers at an address of the local cloud, and the command that helps. Undefined where the address is none of
 * this data folder's cloud.
 */
export async function whyDead(dataDir: string, { host, port }: Address): Promise<string | undefined> {
  const layout = cloudLayout(resolve(dataDir));
  const state = await readState(layout.state);
  if (!state || !isOf(state, { host, port })) return undefined;
  const project = state.projects.find(({ address }) => address.host === host && ports(address).includes(port));
  const about = project ? `project ${project.name} (${project.ref})` : "the shared pooler";
  if (!(await findDaemon(dataDir)))
    return `This is ${about} of the local cloud of ${resolve(dataDir)}, which is not running. Start it: npm run local -- start`;
  if (!project && isPooler(state, { host, port })) return undefined;
  if (!project)
    return `The local cloud has no project at this address any more. Ask for the new one: npm run env -- STACK`;
  const runs = await findPostmaster(projectLayout(layout, project.ref).data);
  return runs
    ? undefined
    : `This is ${about} of the local cloud, which is ${project.status} and does not run: npm run local -- status`;
}

function isOf({ network, projects }: CloudState, { host, port }: Address): boolean {
  if (network.mode === "addresses") return host.startsWith(`${network.block}.`);
  return isPooler({ network }, { host, port }) || projects.some(({ address }) => ports(address).includes(port));
}

function isPooler({ network: { pooler } }: Pick<CloudState, "network">, { host, port }: Address): boolean {
  return host === pooler.host && [pooler.sessionPort, pooler.transactionPort].includes(port);
}

function ports({ port, pgbouncerPort }: { port: number; pgbouncerPort: number }): number[] {
  return [port, pgbouncerPort];
}
