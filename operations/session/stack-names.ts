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

/** What a reserved name says: the number of the pull request and whose it is; no mark where it was made without one. */
export interface ReservedName {
  readonly number: number;
  readonly mark?: string;
}

const marked = /^preview-pr-([1-9]\d{0,8})(?:-([0-9a-f]{8}))?$/;
const database = /^pr_([1-9]\d{0,8})(?:_([0-9a-f]{8}))?(?:_[2-9])?$/;

/**
 * Name of a pull request's Supabase project: at most 130 characters, and the platform takes 256. The Management API has
 * no tags: this reserved form is how a project that no stack knows is recognised as a preview that was left behind, of
 * which pull request, and whose: pull requests of several repositories may live in one organization.
 * @param mark see `previewMark`
 */
export const projectNameOf = (project: string, number: number, mark: string): string =>
  `${project}-${branchNameOf(number, mark)}`;

/** Name of a pull request's branch of the shared preview project. */
export const branchNameOf = (number: number, mark: string): string => `${stackOf(number)}-${mark}`;

/** What a project's name says; undefined for any project that is no preview. */
export function readProjectName(project: string, name: string): ReservedName | undefined {
  return name.startsWith(`${project}-`) ? readBranchName(name.slice(project.length + 1)) : undefined;
}

/** What a branch's name says; undefined for any branch that is no preview. */
export const readBranchName = (name: string): ReservedName | undefined => reserved(marked.exec(name));

/**
 * Name of a pull request's database inside the shared preview project: at most 23 bytes, and Postgres takes 63.
 * @param attempt 1 unless a name is still taken; at most 9
 */
export const databaseNameOf = (number: number, mark: string, attempt = 1): string =>
  attempt === 1 ? `pr_${number}_${mark}` : `pr_${number}_${mark}_${attempt}`;

/** What a database's name says; undefined for any database that is no preview. */
export const readDatabaseName = (name: string): ReservedName | undefined => reserved(database.exec(name));

function reserved(found: RegExpExecArray | null): ReservedName | undefined {
  if (!found) return undefined;
  const [, number, mark] = found;
  return { number: Number(number), ...(mark === undefined ? {} : { mark }) };
}
