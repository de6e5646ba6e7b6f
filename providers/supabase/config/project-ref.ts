import { z } from "zod";

/** The ref of the project that a resource belongs to. */
export const projectRef = z
  .string()
  .regex(/^[a-z]{20}$/, "expected a project ref: 20 lower-case letters")
  .meta({ description: "Ref of the project. Changing it replaces the resource.", replaces: true });
