import type { Live } from "./live.ts";

/** What decides whether a login of before goes on. */
interface Wanted {
  readonly name: string;
  readonly retirePrevious: boolean;
}

/** Whether the group is a login of before, which keeps what it has until a rotation retires it. */
export function isInUse(live: Live, { name, retirePrevious }: Wanted): boolean {
  return live.roles[name]?.canLogin === true && !retirePrevious;
}

/** What a login of before that is still in use means, in words; undefined where there is none. */
export function inUseText(live: Live, wanted: Wanted): string | undefined {
  if (!isInUse(live, wanted)) return undefined;
  const { name } = wanted;
  const sessions = live.roles[name]?.sessions ?? 0;
  const kept = live.excess.filter(({ grantee }) => grantee === name);
  const more =
    kept.length > 0 ? `, with ${kept.map(({ privilege, object }) => `${privilege} on ${object}`).join(", ")}` : "";
  return (
    `it is a login, with ${sessions} session${sessions === 1 ? "" : "s"} now, and stays one${more}: subscribers that use it read on. ` +
    "When each has been brought up with the new hand-off, npm run rotate ends it and leaves a group without a password"
  );
}
