/** Where providers read the names of what may be lost. */
const LOSE = "TAILFIRE_LOSE";

/** Runs `work` while the providers know, from the variables of the engine, what may be lost: labels as `Project main`. */
export async function naming<Result>(
  variables: Record<string, string>,
  labels: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  const before = variables[LOSE];
  variables[LOSE] = labels.join(",");
  try {
    return await work();
  } finally {
    variables[LOSE] = before ?? "";
  }
}
