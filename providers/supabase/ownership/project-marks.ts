import type { ProjectState } from "../project-state.ts";
import { markedInProject } from "./marks.ts";

/** The mark of a project, in its own database. */
export const projectMarks = markedInProject<ProjectState>({
  objects: (ref) => [projectObject(ref)],
  ref: ({ ref }) => ref,
  isDown: ({ status }) => status !== "ACTIVE_HEALTHY",
  outlives: false,
});

// The ref is part of it: the copy of a database, in a branch or a restored project, holds the mark of its origin.
export function projectObject(ref: string): string {
  return `project ${ref}`;
}
