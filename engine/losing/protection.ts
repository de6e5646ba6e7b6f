import { RefusedError } from "../error.ts";

/**
 * Refuses to destroy what is protected.
 * @param options.labels of the resources that are; nothing happens without any
 * @param options.command what destroys the stack
 * @throws RefusedError naming them, and how to go on
 */
export function refuseProtected(
  stack: string,
  { labels, command }: { readonly labels: readonly string[]; readonly command: string },
): void {
  if (labels.length === 0) return;
  throw new RefusedError({
    attempted: `destroy of stack ${stack}`,
    answered: `protected: ${labels.join(", ")}. Nothing was changed`,
    next: `To destroy it all the same, type its name: ${command} --unprotect ${stack}`,
  });
}
