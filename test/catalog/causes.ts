import { CAUSES } from "../../providers/database/foreign/cause.ts";

/** Why a catalog cannot be read, as the documentation shows it. */
export function causeTable(): string {
  const rows = CAUSES.map(({ states, cause, next }) => `| ${states.join(", ")} | ${cause} | ${next} |`);
  return ["| SQLSTATE | cause | next step |", "|---|---|---|", ...rows].join("\n");
}
