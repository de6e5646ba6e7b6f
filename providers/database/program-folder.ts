import { isAbsolute, resolve } from "node:path";

/**
 * A path as the program means it. The engine starts a provider in the folder of the program (`main` in Pulumi.yaml),
 * wherever it was called from; state holds the relative path, so that it is the same in every checkout.
 */
export function inProgramFolder(path: string): string {
  return resolve(path);
}

/** Whether two paths are one file of the program, also when one is the absolute path it has in some checkout. */
export function isSameFile(recorded: string, wanted: string): boolean {
  if (inProgramFolder(recorded) === inProgramFolder(wanted)) return true;
  return isAbsolute(recorded) && !isAbsolute(wanted) && recorded.endsWith(`/${wanted}`);
}
