import type { Call } from "../../host/kind.ts";
import { UNKNOWN } from "../../host/kind.ts";
import { mayBeLost } from "../../host/lose.ts";
import { isReadOnly } from "../../host/read-only.ts";
import type { ManagementAccess } from "../../management/access.ts";
import { directConnection } from "../connections.ts";
import type { ProjectInputs } from "../declarations/project.ts";
import { provePassword } from "../login.ts";
import type { ProjectState } from "../project-state.ts";

/** What makes a project another one. Changed in the program, it is deleted, with all its data, and made again. */
const IDENTITY = ["region", "organizationId"] as const;

/**
 * Refuses to replace a project that the program moves elsewhere, without a yes by its name: in `replaceProject`, or told to
 * the `up`. Where the record says the same as the program, it moved outside; then nothing is replaced anyway.
 */
export function requireReplacement(
  { urn }: Pick<Call<ManagementAccess>, "urn">,
  olds: ProjectState,
  news: ProjectInputs,
  recorded: Partial<ProjectInputs>,
): void {
  const moves = IDENTITY.filter((name) => news[name] !== olds[name] && news[name] !== recorded[name]);
  if (moves.length === 0 || moves.some((name) => (news[name] as string) === UNKNOWN)) return;
  // A check that only looks is to see what would be replaced, next to everything else that differs.
  if (news.replaceProject === olds.name || mayBeLost(urn) || isReadOnly()) return;
  const each = moves.map((name) => `${name} is to change from ${olds[name]} to ${news[name]}`).join(", ");
  throw new Error(
    `project ${olds.ref} ("${olds.name}"): ${each}, which deletes it with all its data and makes another. ${allow(olds.name)} ` +
      "Was it moved already, outside? Then run refresh first, and nothing is replaced.",
  );
}

/** Refuses the create half of a replacement that would put an empty project in the place of the recorded one. */
export function requireSameProject(call: Call<ManagementAccess>, inputs: ProjectInputs): void {
  const { urn, replaced, notes } = call;
  if (!replaced || notes?.has(`deleted ${urn}`) || inputs.replaceProject === replaced.name || mayBeLost(urn)) return;
  const other = (["name", ...IDENTITY] as const).filter((name) => inputs[name] !== replaced[name]);
  if (other.length === 0) return;
  throw new Error(
    `project "${String(replaced.name)}" is to be replaced by another (${other.join(", ")} differ), which is then empty. ` +
      `Nothing was created or deleted. To keep it, say what it has: ${kept(replaced, other)}. ${allow(String(replaced.name))}`,
  );
}

/** What may happen to the project of a record that is to be deleted. */
export function deletionOf(call: Call<ManagementAccess>, ref: string, olds: ProjectState): Deletion {
  const { urn, successor, notes } = call;
  // No program declares it any more: the engine has refused what is protected.
  if (successor === undefined || successor.replaceProject === olds.name) return "delete";
  if (olds.status === "INIT_FAILED") return "delete without data";
  // After its successor is there, a refusal would leave it to the next run, which is not told what it is deleted for.
  const isSame = (["name", ...IDENTITY] as const).every((name) => successor[name] === olds[name]);
  if (isSame || notes?.has(`made ${urn}`)) return "keep";
  if (mayBeLost(urn)) return "delete";
  throw new Error(
    `project ${ref} ("${olds.name}") is to be replaced, which deletes it with all its data. Nothing was deleted. ` +
      allow(olds.name),
  );
}

type Deletion = "delete" | "delete without data" | "keep";

/** Notes that this operation made, adopted or imported a project for a URN. */
export function noteMade({ urn, notes }: Call<ManagementAccess>): void {
  notes?.add(`made ${urn}`);
}

/** Notes that this operation deleted the old project of a URN: a replacement that was allowed goes on. */
export function noteDeleted({ urn, notes }: Call<ManagementAccess>): void {
  notes?.add(`deleted ${urn}`);
}

/**
 * Proves the password that came with an import by logging in: it cannot be read, and an update would set it. One that was
 * recorded with the state is proven already.
 */
export async function provePasswordOnce(
  olds: ProjectState,
  news: ProjectInputs,
  recorded: Partial<ProjectInputs>,
): Promise<void> {
  const password = recorded.databasePassword ?? news.databasePassword;
  if (olds.databasePassword !== undefined || olds.status !== "ACTIVE_HEALTHY" || !password || password === UNKNOWN)
    return;
  const direct = olds.directConnection ?? directConnection({ database: { host: olds.host, port: olds.port } });
  const login = await provePassword([direct, ...(olds.sessionPooler ? [olds.sessionPooler] : [])], password);
  if (login.answer !== "accepted") throw unproven(olds, login);
}

/** A password that is neither recorded nor accepted. */
export function unproven(
  { ref, name }: Pick<ProjectState, "ref" | "name">,
  { answer, reason }: { answer: "refused" | "unreachable"; reason: string },
): Error {
  const what =
    answer === "refused" ? "refuses this databasePassword" : "does not answer, so databasePassword is not proven";
  return new Error(
    `project ${ref} ("${name}"): its database ${what} (${reason}). The project was not made by this stack, so its password ` +
      "is not overwritten. Set databasePassword to the one it has (a new one can be set in the dashboard), then run again.",
  );
}

function kept(replaced: object, names: readonly string[]): string {
  return names.map((name) => `${name} ${JSON.stringify(Reflect.get(replaced, name))}`).join(", ");
}

function allow(name: string): string {
  return `If that is meant: set replaceProject of the resource to "${name}" (pulumi config set replaceProject "${name}"), and run up again; or name the resource in npm run up -- STACK --lose "Project NAME".`;
}
