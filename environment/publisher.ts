import * as pulumi from "@pulumi/pulumi";
import { type HandOffContent, openHandOff } from "./open-hand-off.ts";

/** Whether an environment of this role reads another one's catalog. */
export function readsPublisher(catalog: string): boolean {
  return catalog === "subscribe" || catalog === "snapshot";
}

/** What the publisher handed over. @throws {pulumi.RunError} where the file cannot be opened */
export async function openReader(handOff: { path: string; identity: string | undefined }): Promise<HandOffContent> {
  try {
    return await openHandOff({ path: handOff.path, identity: handOff.identity ?? "" });
  } catch (error) {
    // A RunError is shown as its message alone, without a stack trace of the program.
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}
