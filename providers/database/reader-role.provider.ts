import { loginOfGeneration, loginsOf } from "../../names/reader.ts";
import { checkWith } from "../host/check.ts";
import { compare } from "../host/compare.ts";
import { declared, replacingOf } from "../host/declaration.ts";
import { type Call, type Kind, kind } from "../host/kind.ts";
import { owned } from "../host/ownership.ts";
import type { Configuration } from "./configuration.ts";
import { attempt, attemptUnlessProjectGone } from "./connection/attempt.ts";
import type { Database } from "./connection/database.ts";
import { holdKey } from "./connection/key.ts";
import { admittedFrom } from "./connection/restrictions.ts";
import { keepRecordedWhenUnreachable } from "./connection/unreachable.ts";
import { type Inputs, type Outputs, readerRoleDeclaration } from "./declarations/reader-role.ts";
import { markedInDatabase } from "./ownership.ts";
import { generatePassword } from "./password.provider.ts";
import { countHidden } from "./reader/count-hidden.ts";
import { dropReader } from "./reader/drop.ts";
import { beyondSelect } from "./reader/excess-privileges.ts";
import { beyondReach } from "./reader/grants.ts";
import { inUseText, isInUse } from "./reader/in-use.ts";
import { type Live, readLive } from "./reader/live.ts";
import { accepts, proveLogin, setPassword } from "./reader/password.ts";
import { repairs, TIMEOUTS, timeoutOf, timeoutsOn } from "./reader/repairs.ts";
import { drainSessions } from "./reader/retire.ts";

const PASSWORD_LENGTH = 40;

const OBSERVED = ["previousUser", "differences", "beyondReach", "beyondSelect", "allowedFrom", "passwordAccepted"];
type State = Inputs & Outputs;

const LIVE = ["connectionLimit", ...Object.keys(TIMEOUTS)] as const;

/** A read-only role: a NOLOGIN group that holds the grants, and two logins of which one generation uses one. */
const definition: Kind<Inputs, State, Configuration> = {
  ...declared(readerRoleDeclaration),
  check: (news, unknowns) => checkWith(readerRoleDeclaration.inputs, news, unknowns),
  diff(olds, news) {
    const changes = compare(olds, news, {
      replace: replacingOf(readerRoleDeclaration.inputs),
      update: ["generation", ...LIVE],
    });
    if (olds.passwordAccepted === false) changes.push({ property: "passwordAccepted", kind: "delete" });
    if (olds.differences?.length > 0) changes.push({ property: "differences", kind: "delete" });
    // One way: a login that was retired is not brought back by turning the switch off.
    if (news.retirePrevious && !olds.retirePrevious) changes.push({ property: "retirePrevious", kind: "update" });
    return changes;
  },
  unsettled: ({ generation }, news) => [...OBSERVED, ...(generation === news.generation ? [] : ["user", "password"])],
  foreseeCreate: (call, news) =>
    attempt(call, `Looking at role ${news.name}`, async ({ pool }) => {
      const text = inUseText(await readLive(pool, news), news);
      return text === undefined ? [] : [`Role ${news.name}: ${text}`];
    }),
  async create(call, news) {
    return { id: news.name, state: await establish(call, news, undefined) };
  },
  async read(call, id, recorded, recordedInputs) {
    const wanted = recorded ? { ...recorded, ...recordedInputs } : adopted(call, id);
    const state = await attemptUnlessProjectGone(call, `Reading role ${id}`, async (database) => {
      const live = await readLive(database.pool, wanted);
      if (Object.keys(live.roles).length === 0) return undefined;
      return { ...(await observed(database, live, wanted, recorded?.password ?? "")), ...(await admittedFrom(call)) };
    });
    for (const text of state?.differences ?? []) call.context.warn(`Role ${id}: ${text}`);
    return state && { id, state, ...(recorded ? {} : { inputs: wanted }) };
  },
  update: (call, _id, olds, news) => establish(call, news, olds),
  async delete(call, id) {
    await attemptUnlessProjectGone(call, `Deleting role ${id}`, ({ pool }) => dropReader(pool, id));
  },
};

export const readerRole = kind(
  owned(
    keepRecordedWhenUnreachable(definition),
    markedInDatabase((id) => `role ${id}`),
  ),
);

function adopted(call: Call<Configuration>, name: string): Inputs {
  return readerRoleDeclaration.inputs.parse({ projectRef: call.config.projectRef, name });
}

async function establish(call: Call<Configuration>, news: Inputs, olds: State | undefined): Promise<State> {
  if (news.retirePrevious && olds && olds.generation !== news.generation) {
    throw new Error(
      `Role ${news.name}: generation ${news.generation} and retirePrevious at once would cut off those who still use ` +
        "the other login. Raise the generation alone, bring every subscriber up, then retire (npm run rotate does).",
    );
  }
  return attempt(call, `Setting up role ${news.name}`, async (database) => {
    const user = loginOfGeneration(news.name, news.generation);
    const kept = olds?.generation === news.generation && olds.user === user ? olds.password : "";
    const password = kept || generatePassword(PASSWORD_LENGTH);
    const say = (text: string | undefined): void => void (text && call.context.warn(`Role ${news.name}: ${text}`));
    const isNew = await reconcile(database, news, { password: kept ? undefined : password, say });
    // A kept password is set again only where it was changed outside, so that those who hold it can go on.
    if (kept && (isNew || !(await accepts(database, user, password))))
      say(await resetPassword(database, user, password));
    await proveLogin(database, user, password);
    if (news.retirePrevious) await endPrevious(call, database, news);
    const live = await readLive(database.pool, news);
    const state = await observed(database, live, news, password);
    say(inUseText(live, news));
    for (const text of state.beyondReach) call.context.warn(`Role ${news.name}: ${text}`);
    return { ...state, ...(await admittedFrom(call)) };
  });
}

/** Drops the retired login once its last query has ended; leaves it to the next `up` where that takes long. */
async function endPrevious(call: Call<Configuration>, database: Database, news: Inputs): Promise<void> {
  const previous = loginsOf(news.name).find((login) => login !== loginOfGeneration(news.name, news.generation)) ?? "";
  // The group was a login once, where it was made by hand: no session can begin as it any more, and its own end, too.
  await drainSessions(database.pool, news.name, { signal: call.context.signal });
  const left = await drainSessions(database.pool, previous, { signal: call.context.signal });
  if (left > 0)
    call.context.warn(`Login ${previous} is retired, with ${left} queries still under way; a later up drops it`);
  else await reconcile(database, news, {});
}

/** Corrects everything in one transaction; true when the active login was made. */
async function reconcile(
  database: Database,
  news: Inputs,
  { password, say }: { password?: string | undefined; say?: (text: string | undefined) => void },
): Promise<boolean> {
  const user = loginOfGeneration(news.name, news.generation);
  return database.pool.begin(async (transaction) => {
    await holdKey(transaction, "environment.reader");
    const live = await readLive(transaction, news);
    if (!live.schemaExists) {
      throw new Error(
        `Role ${news.name}: schema ${news.schema} does not exist. Run the migrations that create it first.`,
      );
    }
    for (const statement of repairs(live, news).flatMap(({ sql }) => sql)) await transaction.unsafe(statement);
    if (password !== undefined) say?.(await setPassword(transaction, user, password));
    return live.roles[user] === undefined;
  });
}

async function resetPassword(database: Database, user: string, password: string): Promise<string | undefined> {
  const said = await database.pool.begin(async (transaction) => [await setPassword(transaction, user, password)]);
  return said[0];
}

async function observed(
  database: Database,
  live: Live,
  wanted: Inputs,
  password: string,
): Promise<Omit<State, "allowedFrom">> {
  const user = loginOfGeneration(wanted.name, wanted.generation);
  const role = live.roles[user];
  const other = loginsOf(wanted.name).find((login) => login !== user) ?? "";
  const held = live.roles[other];
  const limits: Partial<Inputs> = { connectionLimit: role?.connectionLimit };
  for (const [input, setting] of timeoutsOn(live)) Object.assign(limits, { [input]: timeoutOf(role, setting) });
  const passwordAccepted = role ? await accepts(database, user, password) : false;
  const hidden = passwordAccepted ? await countHidden(database, live, { login: user, password }) : [];
  return {
    ...wanted,
    ...limits,
    retirePrevious: !live.roles[wanted.name]?.canLogin && (held ? !held.canLogin : wanted.retirePrevious),
    user,
    password,
    passwordAccepted,
    previousUser: held?.canLogin ? other : isInUse(live, wanted) ? wanted.name : "",
    // Limits are properties of their own: told once, they can be left to others with ignoreChanges.
    differences: repairs(live, { ...wanted, ...limits }).map(({ difference }) => difference),
    beyondReach: [...beyondReach(live, wanted), ...hidden],
    beyondSelect: await beyondSelect(database.pool, { login: user, schema: wanted.schema }),
  };
}
