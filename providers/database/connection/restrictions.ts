import { z } from "zod";
import type { Call } from "../../host/kind.ts";
import { bodyOf } from "../../management/ask.ts";
import { askProject } from "../../management/project-calls.ts";
import type { Configuration } from "../configuration.ts";

const API_MS = 10_000;
const EVERYWHERE = { v4: "0.0.0.0/0", v6: "::/0" };

// Operation v1-get-network-restrictions of the Management API.
const answer = z.object({
  entitlement: z.string().optional(),
  config: z.object({
    dbAllowedCidrs: z.array(z.string()).optional(),
    dbAllowedCidrsV6: z.array(z.string()).optional(),
  }),
});

/** CIDR ranges; none where everybody is admitted, or where nothing is known. */
interface Admission {
  ranges: string[];
  /** Why nothing is known, in words; undefined where it is, or where no Management API is configured. */
  unknown?: string;
}

/**
 * The ranges that network restrictions of the configured project admit; none where everybody is admitted, or where
 * nothing is known. Says so where there are some: subscribers would run into time-outs. Never throws.
 */
export async function admittedFrom(call: Call<Configuration>): Promise<{ allowedFrom: string[] }> {
  const { ranges, unknown } = await admission(call.config);
  const project = `Project ${call.config.projectRef}`;
  if (unknown) call.context.warn(`${project}: network restrictions could not be read (${unknown})`);
  if (ranges.length > 0) {
    call.context.warn(
      `${project}: network restrictions admit only ${ranges.join(", ")}. Databases of subscribers outside cannot read the ` +
        "catalog, and a hosted database has no fixed address. The hand-off tells them.",
    );
  }
  return { allowedFrom: ranges };
}

async function admission({ projectRef, management }: Configuration): Promise<Admission> {
  if (!projectRef || !management) return { ranges: [] };
  const call = { method: "GET", path: "/network-restrictions", tries: 1, timeoutMs: API_MS } as const;
  try {
    return { ranges: rangesOf(bodyOf(await askProject({ projectRef, management }, call))) };
  } catch (error) {
    return { ranges: [], unknown: error instanceof Error ? error.message : String(error) };
  }
}

/** The ranges that an answer of the Management API admits; none where it admits everybody. */
export function rangesOf(body: unknown): string[] {
  const { entitlement, config } = answer.parse(body);
  const { dbAllowedCidrs: v4 = [EVERYWHERE.v4], dbAllowedCidrsV6: v6 = [EVERYWHERE.v6] } = config;
  // A plan without restrictions answers with lists that mean nothing.
  if (entitlement === "disallowed") return [];
  if (v4.includes(EVERYWHERE.v4) && v6.includes(EVERYWHERE.v6)) return [];
  return v4.length + v6.length > 0 ? [...v4, ...v6] : ["nobody"];
}
