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
    launcher: context.launcher.kind,
    variant: variantWords(context.state.value.variant ?? USUAL_VARIANT).join(" "),
    notes: [network.reason, context.pgbouncer ? "" : NO_PGBOUNCER].filter((note) => note !== ""),
  };
}

async function projectLine(context: CloudContext, record: ProjectRecord): Promise<ProjectStatusLine> {
  const { network, organizations } = context.state.value;
  const postmaster = await findPostmaster(projectLayout(context.layout, record.ref).data);
  // What the record says is as old as the last look of the supervisor.
  const isDead = isActive(record) && !postmaster;
  return {
    ref: record.ref,
    name: record.name,
    organization: organizations.find((one) => one.id === record.organizationId)?.name ?? record.organizationId,
    status: isDead ? "ACTIVE_UNHEALTHY" : record.status,
    problem: isDead ? record.problem || "its Postgres does not run" : record.problem,
    direct: `${record.address.host}:${record.address.port}`,
    sessionPooler: `${network.pooler.host}:${network.pooler.sessionPort}`,
    transactionPooler: context.pgbouncer ? `${network.pooler.host}:${network.pooler.transactionPort}` : "closed",
    memoryBytes: postmaster ? await memoryOf(postmaster.pid) : null,
  };
}
