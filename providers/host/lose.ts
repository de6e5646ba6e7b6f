/**
 * Whether the `up` that runs was told by name that this resource may be lost (`--lose "Project main"`, which the engine's
 * caller hands on in TAILFIRE_LOSE).
 */
export function mayBeLost(urn: string): boolean {
  const [, , types = "", name = ""] = urn.split("::");
  const kind = types.slice(types.lastIndexOf(":") + 1);
  return (process.env.TAILFIRE_LOSE ?? "").split(",").includes(`${kind} ${name}`);
}
