import type { ExpectedState } from "../expected.ts";
import type { Finding } from "../finding.ts";
import { compareRows, expectation } from "../kinds/compare.ts";
import type { Rows } from "../kinds/rows.ts";
import { withoutRepetition } from "./repetition.ts";
import { compareSchemas, type Owned } from "./schema.ts";
import type { SchemaFacts } from "./schema-facts.ts";
import { asBorn, type Home, platformExtensions } from "./security.ts";

/** Where a customer's own objects are not what the migrations make: by pg-delta, and by the kinds it does not know. */
export function compareOwn(options: {
  readonly live: { readonly schema: SchemaFacts; readonly rows: Rows };
  readonly expected: ExpectedState;
  readonly owned: Omit<Owned, "platformExtensions">;
  readonly home: Home;
}): Finding[] {
  const { live, expected, owned, home } = options;
  const { born, migrated } = expected;
  const found = compareSchemas({
    live: live.schema,
    expected: expected.schema,
    owned: { ...owned, platformExtensions: platformExtensions(expected) },
  });
  const further = compareRows({
    live: live.rows.schema,
    expected: expectation({
      birth: home === "hosted" ? [] : born.schema.map(asBorn),
      born: born.schema,
      migrated: migrated.schema,
      platformGrows: home !== "local",
    }),
    beyondOnly: false,
    layer: "schema",
    advice: "Put it back by hand, or write a migration that makes it so.",
  });
  // The layer `resources` compares those of the catalog.
  const { server } = owned.catalog ?? {};
  const others = further.filter(
    ({ object }) => !(object.startsWith("mapping of ") && object.endsWith(` on ${server}`)),
  );
  return [...found, ...withoutRepetition(others, found)];
}
