import type { CloudStatusReport } from "./status.ts";

const MEGABYTE = 1024 * 1024;

/** The report as a table and a few lines for people. */
export function statusTable(report: CloudStatusReport): string {
  const head = [
    "REF",
    "NAME",
    "ORGANIZATION",
    "STATE",
    "DIRECT",
    "SESSION POOLER",
    "TRANSACTION POOLER",
    "AUTH",
    "MEMORY",
  ];
  const rows = report.projects.map((project) => [
    project.ref,
    project.name,
    project.organization,
    project.status,
    project.direct,
    project.sessionPooler,
    project.transactionPooler,
    project.auth,
    project.memoryBytes === null ? "-" : `${Math.round(project.memoryBytes / MEGABYTE)} MB`,
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  const problems = report.projects
    .filter((project) => project.problem !== "")
    .map((project) => `${project.ref}: ${project.problem}`);
  return [
    `Management API  ${report.endpoint} (process ${report.pid})`,
    `Postgres        ${report.postgres}, started by ${report.launcher}`,
    `Auth            ${report.auth}`,
    `CA certificate  ${report.caCertificate}`,
    `New projects    ${report.variant}`,
    "",
    ...(rows.length === 0 ? ["No projects."] : [line(head), ...rows.map(line)]),
    ...problems,
    ...report.notes.map((note) => `Note: ${note}`),
  ].join("\n");
}
