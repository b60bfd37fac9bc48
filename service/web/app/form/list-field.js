// A list of objects: a line of fields for each, to be added and taken away.

import { el, fill } from "../dom.js";
import { words } from "../format.js";
import { Field, sentence } from "./field.js";
import { fieldOf } from "./fields.js";
import { rangeOf } from "./schema.js";

export class ListField extends Field {
  constructor(form, schema, place) {
    super(form, schema, place);
    this.item = form.schemas.resolved(schema.items);
    this.lines = [];
    this.isGiven = false;
    this.list = el("ol", { class: "lines" });
    this.add = el(
      "button",
      { type: "button", id: this.id, onclick: () => this.#added() },
      "Add one",
    );
    this.add.setAttribute("aria-label", `Add one to ${words(this.name)}`);
    this.element = el(
      "div",
      { class: "field wide", role: "group", "aria-label": words(this.name) },
      el("span", { class: "label" }, words(this.name)),
      this.hint(schema.description, sentence(rangeOf(schema))),
      this.fault,
      this.list,
      this.add,
    );
    this.write(undefined);
  }

  control() {
    return this.add;
  }

  children() {
    return this.lines.flatMap(({ fields }) => fields);
  }

  read() {
    if (!this.isGiven) return undefined;
    return this.lines.map(({ fields }) =>
      Object.fromEntries(
        fields
          .map((field) => [field.name, field.read()])
          .filter(([, value]) => value !== undefined),
      ),
    );
  }

  // A list has no place for what holds when nothing is said, so the default is shown as if given.
  write(value) {
    this.isGiven = value !== undefined;
    this.#show(value ?? this.schema.default ?? []);
  }

  #show(items) {
    for (const child of this.children()) child.forget();
    this.lines = items.map((item, index) => this.#line(item, index));
    fill(
      this.list,
      this.lines.map(({ element }) => element),
    );
  }

  #line(item, index) {
    const { properties, required = [] } = this.item;
    const fields = Object.entries(properties).map(([name, schema]) =>
      fieldOf(this.form, schema, {
        name,
        pointer: `${this.pointer}/${index}/${name}`,
        isRequired: required.includes(name),
      }),
    );
    for (const field of fields) field.write(item[field.name]);
    const remove = el(
      "button",
      { type: "button", class: "quiet", onclick: () => this.#removed(index) },
      "Remove",
    );
    remove.setAttribute("aria-label", `Remove ${index + 1} from ${words(this.name)}`);
    const element = el(
      "li",
      { oninput: () => (this.isGiven = true) },
      el(
        "div",
        { class: "fields" },
        fields.map((field) => field.element),
      ),
      remove,
    );
    return { fields, element };
  }

  #added() {
    const items = this.#items();
    this.isGiven = true;
    this.#show([...items, items.at(-1) ?? this.schema.default?.[0] ?? {}]);
    const first = this.lines.at(-1).fields[0].control();
    first.focus();
    first.select?.();
    this.form.changed();
  }

  #removed(index) {
    const items = this.#items().filter((_, place) => place !== index);
    this.isGiven = true;
    this.#show(items);
    this.add.focus();
    this.form.changed();
  }

  #items() {
    return this.lines.map(({ fields }) =>
      Object.fromEntries(fields.map((field) => [field.name, field.read()])),
    );
  }
}
