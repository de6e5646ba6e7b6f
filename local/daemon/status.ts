import { unfollowedSettings } from "../auth/environment.ts";
import { NO_AUTH } from "../auth/program.ts";
import { apiUrlOf } from "../auth/servers.ts";
import { type CloudContext, NO_PGBOUNCER } from "../context.ts";
import { projectLayout } from "../layout.ts";
import { findPostmaster } from "../postgres/cluster.ts";
import { USUAL_VARIANT, variantWords } from "../postgres/variant.ts";
import { isActive } from "../projects/work.ts";
import type { ProjectRecord } from "../state.ts";
import { memoryOf } from "./memory.ts";

/** What `status` shows of a project. */
export interface ProjectStatusLine {
  ref: string;
  name: string;
  organization: string;
  status: string;
  problem: string;
  direct: string;
  sessionPooler: string;
  transactionPooler: string;
  /** URL of its Auth server; "none" where the cloud has no program of one, "down" where it does not run. */
  auth: string;
  /** Proportional memory of the cluster's processes; null where the platform does not tell. */
  memoryBytes: number | null;
}

/** What `status` shows. No password and no token is in it. */
export interface CloudStatusReport {
  pid: number;
  endpoint: string;
  organizations: { name: string; slug: string }[];
  projects: ProjectStatusLine[];
  caCertificate: string;
  postgres: string;
  /** Program and version of the projects' Auth servers, or why there is none. */
  auth: string;
  launcher: string;
  /** What new projects are: `wrapper-c grants-old`. */
  variant: string;
  /** Differences of this machine: addresses that could not be used, a missing PgBouncer. */
  notes: string[];
}

/** Looks at every cluster of a running cloud. */
export async function cloudStatus(context: CloudContext): Promise<CloudStatusReport> {
  const { network, organizations, projects } = context.state.value;
  return {
    pid: process.pid,
    endpoint: `http://${network.api.host}:${network.api.port}`,
    organizations: organizations.map(({ name, slug }) => ({ name, slug })),
    projects: await Promise.all(projects.map((record) => projectLine(context, record))),
    caCertificate: context.layout.caCertificate,
    postgres: context.binaries.postgresVersion,
    auth: context.auth.program ? `${context.auth.program.version}, ${context.auth.program.file}` : NO_AUTH,
    launcher: context.launcher.kind,
    variant: variantWords(context.state.value.variant ?? USUAL_VARIANT).join(" "),
    notes: [network.reason, context.pgbouncer ? "" : NO_PGBOUNCER, ...authNotes(context)].filter((note) => note !== ""),
  };
}

async function projectLine(context: CloudContext, record: ProjectRecord): Promise<ProjectStatusLine> {
  const { network, organizations } = context.state.value;
  const postmaster = await findPostmaster(projectLayout(context.layout, record.ref).data);
  // What the record says is as old as the last look of the supervisor.
  const isDead = isActive(record) && !postmaster;
  const authProblem = isActive(record) ? context.auth.problemOf(record) : "";
  return {
    ref: record.ref,
    name: record.name,
    organization: organizations.find((one) => one.id === record.organizationId)?.name ?? record.organizationId,
    status: isDead ? "ACTIVE_UNHEALTHY" : record.status,
    problem: (isDead ? record.problem || "its Postgres does not run" : record.problem) || authProblem,
    direct: `${record.address.host}:${record.address.port}`,
    sessionPooler: `${network.pooler.host}:${network.pooler.sessionPort}`,
    transactionPooler: context.pgbouncer ? `${network.pooler.host}:${network.pooler.transactionPort}` : "closed",
    auth: authState(context, record, authProblem),
    memoryBytes: postmaster ? await memoryOf(postmaster.pid) : null,
  };
}

function authState(context: CloudContext, record: ProjectRecord, problem: string): string {
  if (!context.auth.program) return "none";
  return problem || !isActive(record) ? "down" : `${apiUrlOf(record)}/auth/v1`;
}

/** What was set of Auth and has no effect here. */
function authNotes(context: CloudContext): string[] {
  const { program } = context.auth;
  const { authProgram, projects } = context.state.value;
  if (!program)
    return authProgram ? [`no Auth server: ${authProgram} could not be run when the cloud started (see its log)`] : [];
  return projects.flatMap((record) => {
    const names = unfollowedSettings(record);
    return names.length === 0 ? [] : [`${record.ref}: Auth does not follow here: ${names.join(", ")}`];
  });
}
