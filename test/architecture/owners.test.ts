import { expect, test } from "vitest";
import { DEFAULT_READER } from "../../names/reader.ts";
import { isProduct, sources, textOf } from "./sources.ts";

/** Facts, what their text looks like, and the one file that holds each. */
const OWNERS: Record<string, { readonly text: RegExp; readonly in: readonly string[] }> = {
  "the address of the hosted Management API": {
    text: /["']https:\/\/api\.supabase\.com/,
    in: ["providers/management/access.ts"],
  },
  "a connection string, made for people": {
    // The second takes out of a person's string what postgres.js would read otherwise.
    text: /`postgres(ql)?:\/\/\$\{/,
    in: ["db/connection.ts", "operations/session/login.ts"],
  },
  "the password among the outputs of a stack": {
    text: /"databasePassword"\)|outputs\.databasePassword|\bdatabasePassword[,\s][^;\n]*\} = outputs/,
    in: ["environment/settings.ts", "operations/session/login.ts"],
  },
  "the name of the policy for the reader": { text: /reads all rows/, in: ["names/reader.ts"] },
  "the name of the reader": {
    text: new RegExp(`["']${DEFAULT_READER}(_[ab])?["']`),
    in: ["names/reader.ts"],
  },
  "the switches of the catalog that drop rows": { text: /["']snapshot-to-foreign["']/, in: ["names/discards.ts"] },
  "how a role is dropped with its grants": { text: /`drop owned by/i, in: ["providers/database/reader/drop.ts"] },
  "what follows the first dot of a pooler's user": {
    text: /\buser\.(indexOf|split)\("\."\)/,
    in: ["providers/database/connection/target.ts"],
  },
  "how a text becomes an SQL literal": { text: /replaceAll\("'", "''"\)/, in: ["db/connection/literal.ts"] },
  "the folder of the project's migrations": { text: /join\(projectRoot, "migrations"\)/, in: ["engine/paths.ts"] },
  "the refusal to destroy what is protected": {
    text: /To destroy it all the same/,
    in: ["engine/losing/protection.ts"],
  },
};

const product = sources.filter((file) => isProduct(file) && !file.startsWith("local/"));

test.each(Object.entries(OWNERS))("%s has one owner", (_, { text, in: owners }) => {
  expect(product.filter((file) => text.test(textOf(file))).sort()).toEqual(owners);
});
