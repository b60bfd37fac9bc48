// A value that may be one thing or another: first which, then what.

import { el, fill } from "../dom.js";
import { words } from "../format.js";
import { Field } from "./field.js";
import { plainField } from "./fields.js";
import { fits, nameOf, onlyValue } from "./schema.js";

const UNSAID = "";

export class ChoiceField extends Field {
  constructor(form, schema, variants, place) {
    super(form, schema, place);
    this.variants = variants;
    this.inner = null;
    this.unsaid = el("option", { value: UNSAID }, this.#unsaidWords());
    const offered = variants.map((variant, index) =>
      el("option", { value: index }, nameOf(variant)),
    );
    this.select = el(
      "select",
      { ...this.labelled(), oninput: () => this.#choose() },
      this.isRequired ? null : this.unsaid,
      offered,
    );
    this.body = el("div", { class: "chosen" });
    this.element = el(
      "div",
      { class: "field choice" },
      el("label", { for: this.id }, words(this.name)),
      this.select,
      this.hint(schema.description),
      this.fault,
      this.body,
    );
    this.#choose();
  }

  control() {
    return this.select;
  }

  children() {
    return this.inner === null ? [] : [this.inner];
  }

  read() {
    if (this.select.value === UNSAID) return undefined;
    const variant = this.variants[this.select.value];
    if (variant.type === "null") return null;
    return onlyValue(variant) ?? this.inner.read();
  }

  write(value) {
    const index = this.variants.findIndex((variant) => value !== undefined && fits(variant, value));
    this.select.value = index < 0 ? (this.isRequired ? "0" : UNSAID) : String(index);
    this.#choose();
    this.inner?.write(value);
  }

  showFilled(value) {
    if (value === undefined) return;
    if (value === null || typeof value !== "object") this.unsaid.textContent = `default: ${value}`;
    this.inner?.showFilled(value);
  }

  #choose() {
    for (const child of this.children()) child.forget();
    const variant = this.variants[this.select.value];
    this.inner = hasContent(variant)
      ? plainField(
          this.form,
          { ...variant, default: undefined },
          {
            name: variant.properties ? nameOf(variant) : `${this.name}: ${nameOf(variant)}`,
            pointer: this.pointer,
            isRequired: true,
          },
        )
      : null;
    fill(this.body, this.inner?.element);
    this.body.hidden = this.inner === null;
  }

  #unsaidWords() {
    const { default: value } = this.schema;
    return value === undefined || typeof value === "object" ? "default" : `default: ${value}`;
  }
}

function hasContent(variant) {
  return (
    variant !== undefined && variant.type !== "null" && onlyValue(variant) === undefined
  );
}
