import { cpus, loadavg, release, totalmem, type } from "node:os";

/** One line about the machine a figure was measured on. */
export function describeMachine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  const load = loadavg()[0]?.toFixed(1);
  return `${processors.length} x ${processors[0]?.model.trim() ?? "unknown"}, ${memory} GB, ${type()} ${release()}, Node ${process.versions.node}, PostgreSQL 17 with fsync on, load ${load} at the start`;
}
