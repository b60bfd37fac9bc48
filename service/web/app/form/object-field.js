// An object: a field for each of its members. What is seldom needed is folded away.

import { el } from "../dom.js";
import { words } from "../format.js";
import { Field } from "./field.js";
import { fieldOf } from "./fields.js";

export class ObjectField extends Field {
  constructor(form, schema, place) {
    super(form, schema, place);
    const { required = [], properties } = schema;
    this.members = Object.entries(properties).map(([name, member]) =>
      fieldOf(form, member, {
        name,
        pointer: `${this.pointer}/${name}`,
        isRequired: required.includes(name),
      }),
    );
    const isSeldom = (field) => !field.isRequired && isWithoutDefault(form, field);
    const seldom = this.members.filter(isSeldom);
    const usual = this.members.filter((field) => !isSeldom(field));
    this.element = el(
      "fieldset",
      {},
      el("legend", {}, words(this.name)),
      this.hint(schema.description),
      this.fault,
      el(
        "div",
        { class: "fields" },
        usual.map(({ element }) => element),
      ),
      seldom.length > 0 &&
        el(
          "details",
          {},
          el("summary", {}, `More of ${words(this.name)}`),
          el(
            "div",
            { class: "fields" },
            seldom.map(({ element }) => element),
          ),
        ),
    );
  }

  children() {
    return this.members;
  }

  read() {
    const given = this.members.map((field) => [field.name, field.read()]);
    const known = given.filter(([, value]) => value !== undefined);
    return known.length === 0 ? undefined : Object.fromEntries(known);
  }

  write(value) {
    for (const field of this.members) field.write(value?.[field.name]);
  }

  showFilled(value) {
    for (const field of this.members) field.showFilled(value?.[field.name]);
  }
}

// The options of one kind or another: of most kinds they are no part.
function isWithoutDefault(form, { schema }) {
  const whole = form.schemas.resolved(schema);
  const isPlain = whole.anyOf === undefined && whole.type !== "object" && whole.type !== "array";
  return isPlain && whole.default === undefined;
}
