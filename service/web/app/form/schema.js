// A JSON Schema, as a form needs to know it.

const COMPONENT = /^#\/components\/schemas\/(.+)$/;

/** Reads the schemas of an OpenAPI document. */
export class Schemas {
  constructor(document) {
    this.components = document.components.schemas;
  }

  /** The schema with its references followed; what stands beside a reference goes before it. */
  resolved(schema) {
    if (schema.$ref === undefined) return schema;
    const { $ref, ...beside } = schema;
    const [, name] = COMPONENT.exec($ref);
    return { ...this.resolved(this.components[name]), ...beside };
  }

  /** The schemas that the value may follow, each of one type; null among them as type "null". */
  variants(schema) {
    const { anyOf, ...rest } = this.resolved(schema);
    if (anyOf !== undefined) return anyOf.flatMap((each) => this.variants(each));
    if (!Array.isArray(rest.type)) return [rest];
    return rest.type.map((type) => ({ ...rest, type }));
  }
}

/** The one value that the schema allows, or undefined where there is more to choose. */
export function onlyValue(schema) {
  return schema.enum?.length === 1 ? schema.enum[0] : undefined;
}

/** Whether `value` looks as the schema wants it: enough to know which of several is meant. */
export function fits(schema, value) {
  if (value === null) return schema.type === "null";
  if (Array.isArray(value)) return schema.type === "array";
  if (typeof value === "object") return schema.type === "object" && knowsAll(schema, value);
  if (typeof value === "number") return schema.type === "number" || schema.type === "integer";
  return schema.type === typeof value && (schema.enum?.includes(value) ?? true);
}

function knowsAll(schema, value) {
  if (schema.properties === undefined) return true;
  return Object.keys(value).every((name) => name in schema.properties);
}

/** What a value of one type is called among others. */
export function nameOf(schema) {
  if (schema.title) return spaced(schema.title);
  if (schema.type === "object")
    return Object.keys(schema.properties ?? {}).join(" and ") || "object";
  if (schema.type === "array") return "list";
  if (schema.type === "string") return schema.enum ? schema.enum.join(", ") : "text";
  return schema.type ?? "JSON";
}

/** What is allowed, in words; empty where all is. */
export function rangeOf(schema) {
  const parts = [];
  if (schema.type === "integer") parts.push("a whole number");
  if (schema.minimum !== undefined) parts.push(`at least ${schema.minimum}`);
  if (schema.exclusiveMinimum !== undefined) parts.push(`above ${schema.exclusiveMinimum}`);
  if (schema.maximum !== undefined) parts.push(`at most ${short(schema.maximum)}`);
  if (schema.exclusiveMaximum !== undefined) parts.push(`below ${schema.exclusiveMaximum}`);
  if (schema.maxLength !== undefined) parts.push(`at most ${schema.maxLength} characters`);
  if (schema.maxItems !== undefined) parts.push(`at most ${schema.maxItems}`);
  return parts.join(", ");
}

function short(value) {
  return value >= 1e5
    ? value
        .toExponential()
        .replace("+", "")
        .replace(/\.?0*e/, "e")
    : value;
}

function spaced(title) {
  return title.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
