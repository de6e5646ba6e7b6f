const prefix = "preview-pr-";
const pattern = /^preview-pr-([1-9]\d{0,8})$/;

/** Name of the stack of a pull request's preview. */
export const stackOf = (number: number): string => `${prefix}${number}`;

/** The number of the pull request a stack belongs to; undefined for any other stack. */
export function numberOf(stack: string): number | undefined {
  const found = pattern.exec(stack)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Whether a stack is the preview of a pull request. */
export const isPullRequestStack = (stack: string): boolean => pattern.test(stack);

/** The stack whose committed settings a stack has: its own, or for a pull request those of `preview`. */
export const settingsStackOf = (stack: string): string => (isPullRequestStack(stack) ? "preview" : stack);

/**
 * Name of a pull request's Supabase project. The Management API has no tags: this reserved form is how a project that
 * no stack knows is recognised as a preview that was left behind, and whose.
 */
export const projectNameOf = (project: string, number: number): string => `${project}-${stackOf(number)}`;

/** The number in a project name of the reserved form; undefined for any other project. */
export function numberOfProject(project: string, name: string): number | undefined {
  return name.startsWith(`${project}-`) ? numberOf(name.slice(project.length + 1)) : undefined;
}

/** Name of a pull request's database inside the shared preview project. `attempt` is 1 unless a name is still taken. */
export const databaseNameOf = (number: number, attempt = 1): string =>
  attempt === 1 ? `pr_${number}` : `pr_${number}_${attempt}`;

/** The number in a database name of the reserved form; undefined for any other database. */
export function numberOfDatabase(name: string): number | undefined {
  const found = /^pr_([1-9]\d{0,8})(_\d+)?$/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}
