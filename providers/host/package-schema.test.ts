import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { definition as database } from "../database/definition.ts";
import { definition as supabase } from "../supabase/definition.ts";
import { declared } from "./declaration.ts";
import { kind } from "./kind.ts";
import { packageSchema } from "./package-schema.ts";

interface Spec {
  properties: Record<string, object>;
  required: string[];
  inputProperties: Record<string, object>;
  requiredInputs: string[];
}
interface Schema {
  resources: Record<string, Spec>;
  types: Record<string, object>;
}
const committed = (name: string): Schema =>
  JSON.parse(readFileSync(join(import.meta.dirname, "..", name, "schema.json"), "utf8"));

test.each([
  ["supabase", () => packageSchema(supabase)],
  ["database", () => packageSchema(database)],
])("the schema of %s is that of its declarations: npm run sdks", (name, made) => {
  expect(committed(name)).toEqual(made());
});

test("every kind says what its provider marks as a secret, and what it replaces for", () => {
  const { resources } = committed("supabase");
  const project = resources["supabase:index/project:Project"];
  expect(project?.requiredInputs).toEqual(["organizationId", "databasePassword", "region"]);
  expect(project?.inputProperties.databasePassword).toMatchObject({ type: "string", secret: true });
  expect(project?.inputProperties.region).toMatchObject({ willReplaceOnChanges: true });
  expect(project?.properties.serviceRoleKey).toMatchObject({ secret: true });
  const reader = committed("database").resources["database:index:ReaderRole"];
  expect(reader?.inputProperties.connectionLimit).toMatchObject({ type: "integer", default: 30 });
  expect(reader?.required).toContain("connectionLimit");
  expect(reader?.properties.connectionLimit).not.toHaveProperty("default");
});

/** A package of one resource with these inputs. */
const packaged = (inputs: z.ZodRawShape) => {
  const own = declared({ token: "shop:index:Thing", description: "A thing.", inputs: z.object(inputs), outputs: {} });
  const thing = kind<object, object, object>({
    ...own,
    check: (news) => ({ inputs: news, failures: [] }),
    diff: () => [],
    create: async () => ({ id: "thing", state: {} }),
    read: async () => undefined,
    update: async () => ({}),
    delete: async () => {},
  });
  const definition = { name: "shop", version: "1.0.0", description: "A shop.", configuration: z.object({}) };
  return packageSchema<object>({ ...definition, parseConfig: () => ({ failures: [] }), kinds: [thing], functions: [] });
};

test.each([
  ["a property without a description", { size: z.string() }, "property size has no description"],
  ["a form that not every language has", { size: z.date().describe("When.") }, "a property of the type date"],
  ["two forms for one property", { size: z.union([z.string(), z.number()]).describe("Or.") }, "a union of types"],
  [
    "one name for two types",
    {
      a: z.object({ x: z.string().describe("X.") }).meta({ description: "A.", typeName: "Same" }),
      b: z.object({ y: z.string().describe("Y.") }).meta({ description: "B.", typeName: "Same" }),
    },
    "two types are called shop:index/same:Same",
  ],
])("%s is refused when the schema is made", (_, inputs, message) => {
  expect(() => packaged(inputs)).toThrow(message);
});

test("an open enumeration takes other values, a closed one does not", () => {
  const size = z.enum(["small", "large"]);
  const schema = packaged({
    open: size.optional().meta({ description: "Any.", open: true, typeName: "Size" }),
    closed: size.meta({ description: "These.", typeName: "Size" }),
  });
  const reference = { $ref: "#/types/shop:index/size:Size" };
  expect(schema).toMatchObject({
    resources: {
      "shop:index:Thing": {
        inputProperties: { open: { oneOf: [{ type: "string" }, reference] }, closed: reference },
        requiredInputs: ["closed"],
      },
    },
    types: { "shop:index/size:Size": { type: "string", enum: [{ value: "small" }, { value: "large" }] } },
  });
});
