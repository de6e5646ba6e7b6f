import type { Finding } from "../finding.ts";
import { type Birth, birthsOf, nearest } from "../kinds/birth.ts";
import { type BirthRow, compareRows, expectation } from "../kinds/compare.ts";
import { platformFacts } from "../kinds/facts.ts";
import type { Row, Rows } from "../kinds/rows.ts";

/**
 * Where what a database is at birth is known from: `local`, its shadow is of the same kind; `hosted`, the facts of the
 * platform; `database`, the facts for what it shares with others, and the shadow for a database that we made in a
 * hosted project.
 */
export type Home = "local" | "hosted" | "database";

const ADVICE = "Take it back by hand, or make it by a migration.";
/** What all databases of a project share. */
const SHARED = /^(role|membership of|parameter|tablespace) |^server$/;

/** Where a live database allows, or forbids, other things than a fresh project with the same migrations. */
export function compareSecurity(options: {
  readonly live: Rows;
  readonly born: Rows;
  readonly migrated: Rows;
  readonly home: Home;
  /** Roles that a resource compares. */
  readonly readers: readonly string[];
  /** Whether pg-delta has looked, which says what it compares in more detail. */
  readonly schemaLooked: boolean;
}): Finding[] {
  const { live, born, migrated, home, readers, schemaLooked } = options;
  const birth = birthAt(home, { live, born });
  const found = (["state", "platform", "covered"] as const)
    .filter((scope) => scope !== "covered" || !schemaLooked)
    .flatMap((scope) =>
      compareRows({
        live: live[scope],
        expected: expectation({
          birth: scope === "covered" ? born.covered.map(asBorn) : birth[scope],
          born: born[scope],
          migrated: migrated[scope],
          platformGrows: home !== "local",
        }),
        beyondOnly: scope === "platform",
        layer: "security",
        advice: ADVICE,
      }),
    );
  const isReaders = (text: string) => text.split(" ").some((word) => readers.includes(word));
  const ofPlatform = new Set(platformExtensions({ born, migrated }).map((name) => `extension ${name}`));
  return found.filter(
    ({ object, id }) => !ofPlatform.has(object) && !isReaders(object) && !isReaders(id.slice(id.lastIndexOf("#") + 1)),
  );
}

/** Extensions that a migration neither makes nor drops: those of a shadow at birth, and of every fresh project. */
export function platformExtensions({ born, migrated }: { readonly born: Rows; readonly migrated: Rows }): string[] {
  const names = (rows: readonly Row[]) =>
    rows.flatMap(({ object }) => (object.startsWith("extension ") ? [object.slice("extension ".length)] : []));
  const still = names(migrated.covered);
  const atBirth = names(born.covered).filter((name) => still.includes(name));
  return [...new Set([...atBirth, ...birthsOf(platformFacts()).flatMap(({ covered }) => names(covered))])];
}

function birthAt(home: Home, { live, born }: { readonly live: Rows; readonly born: Rows }): Omit<Birth, "covered"> {
  const own = { state: born.state.map(asBorn), platform: born.platform.map(asBorn) };
  const facts = nearest(birthsOf(platformFacts()), live.platform);
  if (home === "local") return { ...own, platform: [...own.platform, ...facts.platform.filter(isAuths)] };
  if (home === "hosted") return facts;
  const shared = (rows: readonly BirthRow[]) => rows.filter(({ object }) => SHARED.test(object));
  const inside = (rows: readonly BirthRow[]) => rows.filter(({ object }) => !SHARED.test(object));
  return {
    state: [...shared(facts.state), ...inside(own.state)],
    platform: [...shared(facts.platform), ...inside(own.platform)],
  };
}

/** A local project has all tables of Auth where it has an Auth server, which its shadow has not. */
function isAuths({ object }: BirthRow): boolean {
  return object.startsWith("table auth.");
}

/** A row of a shadow, which every project of its kind has. */
export function asBorn(row: Row): BirthRow {
  return { ...row, certainty: "always" };
}
