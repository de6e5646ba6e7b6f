import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../support/run.ts";
import { normal } from "./operations.ts";

/** The part of an OpenAPI 3.0 schema that this reads. */
interface Schema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  pattern?: string;
  minLength?: number;
  minimum?: number;
  maximum?: number;
}

interface Content {
  content?: Record<string, { schema?: Schema }>;
}

interface OperationSchema {
  requestBody?: Content;
  responses: Record<string, Content>;
}

/** A description of an API, asked what is wrong with a body. */
export interface Description {
  /** Problems of a request and its answer, each with its place; empty when both are as described. */
  problemsOf(traffic: Traffic): string[];
}

/** One recorded request. */
export interface Traffic {
  method: string;
  path: string;
  request: unknown;
  status: number;
  response: unknown;
}

/** Reads the public description of the Management API. */
export function readDescription(): Description {
  const file = join(root, "facts/management-api.openapi.json");
  const document = JSON.parse(readFileSync(file, "utf8")) as { paths: Record<string, Record<string, OperationSchema>> };
  const operationOf = ({ method, path }: Traffic) => {
    const matches = Object.keys(document.paths).filter((template) => matcher(template).test(path));
    // Of /projects/{ref} and /projects/available-regions the one with fewer parameters is meant.
    const [template = ""] = matches.sort((a, b) => a.split("{").length - b.split("{").length);
    return document.paths[template]?.[method.toLowerCase()];
  };
  return {
    problemsOf: (traffic) => {
      const operation = operationOf(traffic);
      const name = `${traffic.method} ${normal(traffic.path)}`;
      if (!operation) return [`${name} is no operation of the API`];
      const answer = operation.responses[String(traffic.status)];
      if (!answer) return [`${name}: ${traffic.status} is no status of it`];
      const check = (content: Content | undefined, body: unknown, where: string) => {
        const schema = content?.content?.["application/json"]?.schema;
        return schema && body !== null ? problems(document, schema, body, where) : [];
      };
      return [
        ...check(operation.requestBody, traffic.request, `${name} request`),
        ...check(answer, traffic.response, `${name} answer`),
      ];
    },
  };
}

function matcher(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "[^/]+")}$`);
}

function problems(document: object, given: Schema, value: unknown, where: string): string[] {
  const schema = follow(document, given);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) {
    const fits = alternatives.some((one) => problems(document, one, value, where).length === 0);
    return fits ? [] : [`${where}: fits none of ${alternatives.length} alternatives`];
  }
  if (schema.allOf) return schema.allOf.flatMap((one) => problems(document, one, value, where));
  if (value === null) return schema.nullable ? [] : [`${where}: null`];
  if (schema.enum && !schema.enum.includes(value)) return [`${where}: ${JSON.stringify(value)} is not listed`];
  if (Array.isArray(value)) {
    if (schema.type !== "array") return [`${where}: a list`];
    return value.flatMap((item, index) => problems(document, schema.items ?? {}, item, `${where}[${index}]`));
  }
  if (typeof value === "object") return problemsOfObject(document, schema, value, where);
  return problemsOfScalar(schema, value, where);
}

function problemsOfObject(document: object, schema: Schema, value: object, where: string): string[] {
  if (schema.type !== undefined && schema.type !== "object") return [`${where}: an object`];
  const missing = (schema.required ?? []).filter((name) => !(name in value)).map((name) => `${where}.${name}: missing`);
  const inside = Object.entries(value).flatMap(([name, item]) => {
    const property = schema.properties?.[name];
    if (property) return problems(document, property, item, `${where}.${name}`);
    const others = schema.additionalProperties;
    if (typeof others === "object") return problems(document, others, item, `${where}.${name}`);
    return others === false || schema.properties ? [`${where}.${name}: not described`] : [];
  });
  return [...missing, ...inside];
}

function problemsOfScalar(schema: Schema, value: unknown, where: string): string[] {
  const type = schema.type === "integer" ? "number" : schema.type;
  if (type !== undefined && typeof value !== type) return [`${where}: ${typeof value} in the place of ${schema.type}`];
  if (schema.type === "integer" && !Number.isInteger(value)) return [`${where}: not an integer`];
  if (typeof value === "string") {
    if (schema.pattern && !new RegExp(schema.pattern).test(value))
      return [`${where}: does not match ${schema.pattern}`];
    if (value.length < (schema.minLength ?? 0)) return [`${where}: too short`];
  }
  if (typeof value === "number") {
    if (value < (schema.minimum ?? value) || value > (schema.maximum ?? value)) return [`${where}: out of range`];
  }
  return [];
}

function follow(document: object, schema: Schema): Schema {
  if (!schema.$ref) return schema;
  const parts = schema.$ref.slice(2).split("/");
  // A reference of a valid document leads to a schema.
  const found = parts.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], document) as Schema;
  return follow(document, found);
}
