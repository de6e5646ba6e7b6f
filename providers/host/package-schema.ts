import type { z } from "zod";
import { type Declaration, type FunctionDeclaration, innerOf, metaOf } from "./declaration.ts";
import type { Definition } from "./kind.ts";

/** A property as a Pulumi package schema has it. Source: pkg/codegen/schema/schema.go of the engine (PropertySpec). */
interface PropertySpec extends TypeSpec {
  description?: string;
  default?: unknown;
  secret?: boolean;
  willReplaceOnChanges?: boolean;
}

interface TypeSpec {
  type?: string;
  $ref?: string;
  items?: TypeSpec;
  additionalProperties?: TypeSpec;
  oneOf?: TypeSpec[];
}

interface ObjectSpec {
  properties: Record<string, PropertySpec>;
  required: string[];
}

type ComplexType =
  | (ObjectSpec & { type: "object"; description?: string })
  | { type: "string"; enum: { value: string }[] };

/**
 * The package schema: what `pulumi package get-schema` prints, programs in YAML are checked with, and SDKs are made from.
 * Source of its form: https://www.pulumi.com/docs/iac/guides/building-extending/packages/schema/
 */
export function packageSchema<Config>(definition: Definition<Config>): object {
  const types = new Types();
  const declarations = definition.kinds.map(({ declaration }) => declaration);
  const functions = definition.functions.map(({ declaration }) => declaration);
  const inModule = (token: string) => types.of(token);
  const resources = Object.fromEntries(declarations.map((one) => [one.token, resourceSpec(one, inModule(one.token))]));
  const called = Object.fromEntries(functions.map((one) => [one.token, functionSpec(one, inModule(one.token))]));
  const provider = configurationSpec(
    properties(definition.configuration.shape, inModule(`${definition.name}:index:Provider`)),
  );
  return {
    name: definition.name,
    version: definition.version,
    description: definition.description,
    license: "MIT",
    // Tokens such as supabase:index/project:Project, as the bridge writes them: what follows the slash is no module.
    meta: { moduleFormat: "(.*)(?:/[^/]*)" },
    config: { variables: provider.properties },
    provider: { inputProperties: provider.properties, requiredInputs: provider.required },
    resources,
    functions: called,
    types: types.specs,
  };
}

/** Names the types that one resource or function needs. */
type Named = (property: string, spec: ComplexType, given?: string) => TypeSpec;

/** Objects and enumerations have a name and a place of their own in a schema. */
class Types {
  readonly specs: Record<string, ComplexType> = {};

  of(token: string): Named {
    const [pkg = "", , owner = ""] = token.split(":");
    return (property, spec, given) => {
      const name = given ?? `${owner[0]?.toUpperCase()}${owner.slice(1)}${property}`;
      const type = `${pkg}:index/${name[0]?.toLowerCase()}${name.slice(1)}:${name}`;
      const known = this.specs[type];
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(spec)) {
        throw new Error(`two types are called ${type}: give one of them another typeName`);
      }
      this.specs[type] = spec;
      return { $ref: `#/types/${type}` };
    };
  }
}

function resourceSpec({ description, inputs, outputs }: Declaration, named: Named): object {
  const given = properties(inputs.shape, named);
  const further = properties(outputs, named);
  // What an input has a default for is always recorded.
  const settled = Object.entries(given.properties).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [name],
  );
  const recorded = Object.fromEntries(
    Object.entries({ ...given.properties, ...further.properties }).map(([name, { default: _, ...spec }]) => [
      name,
      spec,
    ]),
  );
  const certain = [...given.required, ...settled].filter((name) => !(name in further.properties));
  return {
    description,
    properties: recorded,
    required: [...certain, ...further.required],
    inputProperties: given.properties,
    requiredInputs: given.required,
  };
}

/** Defaults of a provider stay in the plugin: an SDK would record them in the state of every program. */
function configurationSpec({ properties: given, required }: ObjectSpec): ObjectSpec {
  return { properties: mapValues(given, withoutDefault), required };
}

function withoutDefault({ default: _, ...spec }: PropertySpec): PropertySpec {
  return spec;
}

function mapValues<Value, Result>(values: Record<string, Value>, to: (value: Value) => Result): Record<string, Result> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]));
}

function functionSpec({ description, inputs, outputs }: FunctionDeclaration, named: Named): object {
  return { description, inputs: properties(inputs.shape, named), outputs: properties(outputs.shape, named) };
}

function properties(shape: z.ZodRawShape, named: Named): ObjectSpec {
  const entries = Object.entries(shape).map(([name, property]) => ({ name, property, ...reachOf(property) }));
  return {
    properties: Object.fromEntries(
      entries.map(({ name, property, fallback }) => [name, propertySpec({ name, property, fallback, named })]),
    ),
    required: entries.flatMap(({ name, needed }) => (needed ? [name] : [])),
  };
}

function propertySpec(options: {
  name: string;
  property: z.core.$ZodType;
  fallback: unknown;
  named: Named;
}): PropertySpec {
  const { name, property, fallback, named } = options;
  const { description, secret, replaces } = metaOf(property);
  if (description === undefined) throw new Error(`property ${name} has no description`);
  const plain = ["string", "number", "boolean"].includes(typeof fallback);
  return {
    ...typeSpec(property, (inner, spec, given) =>
      named(`${name[0]?.toUpperCase()}${name.slice(1)}${inner}`, spec, given),
    ),
    description,
    ...(plain ? { default: fallback } : {}),
    ...(secret ? { secret } : {}),
    ...(replaces ? { willReplaceOnChanges: true } : {}),
  };
}

/** Whether a property has to be given, and what stands in for it where it is not. */
function reachOf(property: z.core.$ZodType): { needed: boolean; fallback: unknown } {
  const { def } = property._zod;
  if (def.type === "default") return { needed: false, fallback: (def as z.core.$ZodDefaultDef).defaultValue };
  return { needed: def.type !== "optional", fallback: undefined };
}

function typeSpec(type: z.core.$ZodType, named: Named, { typeName, open }: z.core.GlobalMeta = metaOf(type)): TypeSpec {
  const inner = innerOf(type);
  if (inner !== undefined) return typeSpec(inner, named, metaOf(type));
  const { def } = type._zod;
  switch (def.type) {
    case "string":
    case "boolean":
      return { type: def.type };
    case "number":
      return { type: isWhole(type) ? "integer" : "number" };
    case "enum": {
      const values = Object.values((def as z.core.$ZodEnumDef).entries).map((value) => ({ value: String(value) }));
      const reference = named("", { type: "string", enum: values }, typeName);
      return open ? { type: "string", oneOf: [{ type: "string" }, reference] } : reference;
    }
    case "array":
      return { type: "array", items: typeSpec((def as z.core.$ZodArrayDef).element, named) };
    case "record":
      return { type: "object", additionalProperties: typeSpec((def as z.core.$ZodRecordDef).valueType, named) };
    case "object": {
      const { properties: held, required } = properties((def as z.core.$ZodObjectDef).shape, named);
      return named("", { type: "object", properties: held, required }, typeName);
    }
    case "union": {
      const [first, ...others] = (def as z.core.$ZodUnionDef).options.map((option) => typeSpec(option, named));
      if (first !== undefined && others.every((other) => JSON.stringify(other) === JSON.stringify(first))) return first;
      throw new Error("a union of types that differ has no form in every language");
    }
    case "unknown":
    case "lazy":
      return { $ref: "pulumi.json#/Any" };
    default:
      throw new Error(`a property of the type ${def.type} has no form in a package schema`);
  }
}

function isWhole(type: z.core.$ZodType): boolean {
  const { format } = (type as z.ZodNumber).def as { format?: string };
  const checks = (type as z.ZodNumber).def.checks ?? [];
  return format === "safeint" || checks.some((check) => (check._zod.def as { format?: string }).format === "safeint");
}
