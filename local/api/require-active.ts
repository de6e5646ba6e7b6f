import { isActive } from "../projects/work.ts";
import type { ProjectRecord } from "../state.ts";
import { ApiError } from "./errors.ts";

/** The project, when its database should be running; else 400 with its status. */
export function requireActive(record: ProjectRecord): ProjectRecord {
  if (!isActive(record)) throw new ApiError(400, `Project ${record.ref} is ${record.status}, its database is not up`);
  return record;
}
