import { randomBytes, randomInt } from "node:crypto";
import type { CloudContext } from "../context.ts";
import { QUERY_USER } from "../postgres/query-user.ts";
import { randomPassword, scramVerifier } from "../postgres/scram.ts";
import type { BranchRecord, ProjectRecord } from "../state.ts";
import { firstKeys } from "./keys.ts";
import { chooseAddress } from "./network.ts";
import type { InstanceSize, Region } from "./offer.ts";
import { defaultSettings, type ProjectSettings } from "./settings.ts";

/** What a project is made with. */
export interface NewProject {
  name: string;
  organizationId: string;
  region: Region;
  size: InstanceSize;
  password: string;
  settings?: Partial<ProjectSettings>;
  branch?: BranchRecord;
}

/** Records new projects, one at a time: two requests must not choose the same address. */
export function createRegister(context: CloudContext): (wanted: NewProject) => Promise<ProjectRecord> {
  let last: Promise<unknown> = Promise.resolve();
  return (wanted) => {
    const mine = last.then(() => recordProject(context, wanted));
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function recordProject(context: CloudContext, wanted: NewProject): Promise<ProjectRecord> {
  const { value, save } = context.state;
  const parent = value.projects.find(({ ref }) => ref === wanted.branch?.parentRef);
  const taken = value.projects.map((project) => project.address);
  const record: ProjectRecord = {
    id: 1 + Math.max(0, ...value.projects.map((project) => project.id)),
    ref: Array.from({ length: 20 }, () => String.fromCharCode(97 + randomInt(26))).join(""),
    name: wanted.name,
    organizationId: wanted.organizationId,
    region: wanted.region,
    size: wanted.size,
    createdAt: new Date().toISOString(),
    variant: parent?.variant ?? value.variant,
    status: "COMING_UP",
    built: false,
    problem: "",
    address: await chooseAddress({ network: value.network, taken }),
    passwordVerifier: scramVerifier(wanted.password),
    internal: {
      admin: randomPassword(),
      query: randomPassword(),
      queryUser: QUERY_USER,
      reader: randomPassword(),
      pgbouncer: randomPassword(),
    },
    jwtSecret: randomBytes(40).toString("base64"),
    settings: { ...defaultSettings(firstKeys()), ...wanted.settings },
    branch: wanted.branch,
  };
  value.projects.push(record);
  await save();
  return record;
}
