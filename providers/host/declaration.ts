import type { z } from "zod";

declare module "zod" {
  interface GlobalMeta {
    /** The value is a secret: encrypted in state, hidden in output. */
    secret?: boolean;
    /** A change of the property replaces the resource. */
    replaces?: boolean;
    /** Name of an object's or enumeration's type in the SDKs. Default: the resource's and the property's name. */
    typeName?: string;
    /** An enumeration that other values may be given for, which the provider judges. */
    open?: boolean;
  }
}

/**
 * What a resource type is, in one place: its inputs are checked with it, and the package schema (and with it the SDK of every
 * language) is made from it. Each property carries its description, and whether it is secret or replaces, by `meta`.
 */
export interface Declaration {
  /** Pulumi type token, such as `database:index:VaultSecret`. */
  token: string;
  description: string;
  inputs: z.ZodObject;
  /** What is recorded besides the inputs, or more certain than them, such as an input with a default that the platform chooses. */
  outputs: z.ZodRawShape;
}

/** A function of the provider, likewise. */
export interface FunctionDeclaration {
  token: string;
  description: string;
  inputs: z.ZodObject;
  outputs: z.ZodObject;
}

/** The outputs of a declaration as they are recorded. */
export type OutputsOf<Declared extends Declaration> = z.infer<z.ZodObject<Declared["outputs"]>>;

/** What a kind says of itself by its declaration. */
export function declared(declaration: Declaration): { declaration: Declaration; token: string; secrets: string[] } {
  const { token, inputs, outputs } = declaration;
  return { declaration, token, secrets: secretsOf(inputs.shape, outputs) };
}

/** Names of the properties that are marked secret. */
export function secretsOf(...shapes: readonly z.ZodRawShape[]): string[] {
  const properties = shapes.flatMap((shape) => Object.entries(shape));
  return [...new Set(properties.flatMap(([name, property]) => (metaOf(property).secret ? [name] : [])))];
}

/** Names of the properties whose change replaces the resource. */
export function replacingOf({ shape }: z.ZodObject): string[] {
  return Object.entries(shape).flatMap(([name, property]) => (metaOf(property).replaces ? [name] : []));
}

/** What `describe` and `meta` said of a property, the outermost word of each kind. */
export function metaOf(property: z.core.$ZodType): z.core.GlobalMeta {
  const inner = innerOf(property);
  const own = (property as z.ZodType).meta() ?? {};
  return inner === undefined ? own : { ...metaOf(inner), ...own };
}

/** What an optional property, or one with a default, is when it is there. */
export function innerOf(property: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = property._zod;
  return def.type === "optional" || def.type === "default" || def.type === "nullable"
    ? (def as z.core.$ZodOptionalDef).innerType
    : undefined;
}
