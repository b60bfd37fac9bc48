// From a schema to the field that fits it.

import { ChoiceField } from "./choice-field.js";
import { JsonField } from "./json-field.js";
import { ListField } from "./list-field.js";
import { ObjectField } from "./object-field.js";
import { ScalarField } from "./scalar-field.js";

/**
 * A field for the value at `place`: { name, pointer, isRequired }. Every field can be `read`
 * (undefined: left out) and `write`n, has an `element`, and shows faults by `showFault`.
 */
export function fieldOf(form, schema, place) {
  const whole = form.schemas.resolved(schema);
  const variants = form.schemas.variants(schema);
  const real = variants.filter(({ type }) => type !== "null");
  // Where null is what holds anyway, it need not be said
  const isNullSaid = real.length < variants.length && !isNull(whole.default);
  if (real.length > 1 || isNullSaid) return new ChoiceField(form, whole, variants, place);
  return plainField(form, { ...whole, ...real[0], ...beside(whole) }, place);
}

/** A field for a value of one type. */
export function plainField(form, schema, place) {
  if (schema.type === "object" && schema.properties) return new ObjectField(form, schema, place);
  if (schema.type === "array" && isOfObjects(form, schema))
    return new ListField(form, schema, place);
  if (isScalar(schema)) return new ScalarField(form, schema, place);
  return new JsonField(form, schema, place);
}

function beside({ description, default: value }) {
  return {
    ...(description === undefined ? {} : { description }),
    ...(value === undefined ? {} : { default: value }),
  };
}

function isNull(value) {
  return value === null;
}

function isOfObjects(form, schema) {
  const item = schema.items && form.schemas.resolved(schema.items);
  const values = Object.values(item?.properties ?? {});
  return values.length > 0 && values.every((each) => isScalar(form.schemas.resolved(each)));
}

function isScalar({ type, const: only, enum: names }) {
  return (
    only !== undefined ||
    names !== undefined ||
    ["string", "number", "integer", "boolean"].includes(type)
  );
}
