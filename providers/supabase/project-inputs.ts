import { z } from "zod";
import { INSTANCE_SIZES, REGIONS } from "./contract.ts";

const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;
const DEFAULT_WAIT_MS = 15 * 60_000;

const duration = z
  .string()
  .refine((text) => text !== "" && DURATION.test(text), "expected a duration such as 90s, 10m or 1h30m");

/** Inputs of a project. Bounds: `V1CreateProjectBody` and `V1UpdatePasswordBody` of the API's description. */
export const projectInputs = z.strictObject({
  organizationId: z.string().regex(/^[\w-]+$/, "expected the slug of an organization: letters, digits, _ and -"),
  name: z.string().trim().min(1, "must not be empty").max(256),
  databasePassword: z.string().min(4, "the platform refuses database passwords of fewer than 4 characters"),
  region: z.enum(REGIONS),
  instanceSize: z.enum(INSTANCE_SIZES).optional(),
  legacyApiKeysEnabled: z.boolean().optional(),
  paused: z.boolean().optional(),
  protected: z.boolean().optional(),
  replaceProject: z.string().optional(),
  timeouts: z.strictObject({ create: duration.optional(), update: duration.optional() }).optional(),
});

export type ProjectInputs = z.infer<typeof projectInputs>;

/** How long to wait for readiness: `customTimeouts`, else `timeouts` of the resource, else 15 minutes. */
export function waitMilliseconds(options: {
  customSeconds: number;
  timeouts: ProjectInputs["timeouts"];
  operation: "create" | "update";
}): number {
  if (options.customSeconds > 0) return options.customSeconds * 1000;
  const text = options.timeouts?.[options.operation];
  if (text === undefined) return DEFAULT_WAIT_MS;
  const [, hours = "0", minutes = "0", seconds = "0"] = DURATION.exec(text) ?? [];
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}
