import { expect, test } from "vitest";
import { finding } from "../../../test/drift/sample.ts";
import { type Known, withoutConsequences } from "./consequences.ts";
import { LAYERS } from "./finding.ts";
import type { ResourceChange } from "./layers/resources.ts";

/** What is left of findings, given as `layer: object`, next to these changes of resources. */
function left(findings: readonly string[], changes: readonly Partial<ResourceChange>[] = []): string[] {
  const known: Known = {
    changes: changes.map((change) => ({
      resource: "",
      gone: false,
      loss: undefined,
      properties: [],
      differences: [],
      ...change,
    })),
    catalog: { server: "prod_catalog", schema: "catalog" },
    login: "postgres",
  };
  const made = findings.map((text) => {
    const [name, object = ""] = text.split(/: (.*)/);
    const layer = LAYERS.find((one) => one === name);
    if (!layer) throw new Error(`${text} begins with no layer`);
    return finding({ layer, object });
  });
  return withoutConsequences(made, known).map(({ layer, object }) => `${layer}: ${object}`);
}

const server = { resource: "ForeignCatalog preview" };
const own = "resources: ForeignCatalog preview";

test("a server that is gone explains its tables, and neither the reader's login nor what the publisher keeps back", () => {
  const follows = [
    "catalog: foreign table catalog.a",
    "catalog: catalog as authenticated",
    "catalog: rows of catalog.a",
  ];
  const stays = [own, "catalog: reader fdw_catalog_ro_a", "catalog: table catalog.a of the publisher"];
  expect(left([...stays, ...follows], [{ ...server, gone: true }])).toEqual(stays);
  expect(left(follows)).toEqual(follows);
});

test("other options explain what the roles run into, and no column", () => {
  const changes = [{ ...server, properties: ["options.port"] }];
  const stays = [own, "catalog: column catalog.a.name"];
  expect(left([...stays, "catalog: catalog as authenticated", "catalog: rows of catalog.a"], changes)).toEqual(stays);
});

test("the mapping of the check's login explains its own probe only", () => {
  const differences = ["the mapping holds another password than the Vault"];
  const stays = [own, "catalog: catalog as authenticated", "catalog: catalog as postgres_too"];
  const changes = [{ ...server, properties: ["differences"], differences }];
  expect(left([...stays, "catalog: catalog as postgres"], changes)).toEqual(stays);
});

test("one more mapping explains nothing of what a role with another password runs into", () => {
  const stays = [own, "catalog: catalog as authenticated", "catalog: rows of catalog.a"];
  expect(left(stays, [{ ...server, properties: ["roles[3]"] }])).toEqual(stays);
});

test("the catalog's own server is the resource's to report; another is not", () => {
  const stays = [own, "security: server by_hand"];
  expect(left([...stays, "security: server prod_catalog"], [{ ...server, properties: ["differences"] }])).toEqual(
    stays,
  );
});

test("a missing grant explains the tables it is about", () => {
  const grant = "schema: grant to authenticated on foreign table catalog.a";
  expect(left([grant, "catalog: catalog as authenticated: a"])).toEqual([grant]);
  const stays = [grant, "catalog: catalog as authenticated: a, b", "catalog: catalog as service_role: a"];
  expect(left(stays)).toEqual(stays);
});

test("another password in the Vault explains the reader and the mapping; another description explains neither", () => {
  const all = ["resources: VaultSecret preview-reader", own, "catalog: reader fdw_catalog_ro_a"];
  const secret = { resource: "VaultSecret preview-reader" };
  const differences = ["the mapping holds another password than the Vault"];
  const mapping = { ...server, properties: ["differences", "secretRevision"], differences };
  expect(left(all, [{ ...secret, properties: ["value"] }, mapping])).toEqual([all[0]]);
  const described = [{ ...secret, properties: ["description"] }];
  expect(left(all, [...described, { ...mapping, properties: ["options.port", "differences"] }])).toEqual(all);
});

test("an edited source explains the mapping that differs by it, and no other difference", () => {
  const migrations = { resource: "Migrations preview", properties: ["settings.catalog_source"] };
  const differences = ["the setting catalog_source is another than the catalog was set up with"];
  const changed = { ...server, properties: ["differences"], differences };
  const all = ["resources: Migrations preview", own];
  expect(left(all, [migrations, changed])).toEqual([all[0]]);
  expect(left(all, [migrations, { ...changed, differences: [...differences, "anon may use the server"] }])).toEqual(
    all,
  );
});
