// A number, a text, a name out of some, yes or no.

import { el } from "../dom.js";
import { words } from "../format.js";
import { Field, sentence } from "./field.js";
import { rangeOf } from "./schema.js";

export class ScalarField extends Field {
  constructor(form, schema, place) {
    super(form, schema, place);
    this.names = schema.enum ?? (schema.type === "boolean" ? [true, false] : null);
    this.input = this.names ? this.#select() : this.#text();
    this.element = el(
      "div",
      { class: "field" },
      el("label", { for: this.id }, words(this.name)),
      this.input,
      this.datalist,
      this.hint(schema.description, sentence(rangeOf(schema))),
      this.fault,
    );
  }

  control() {
    return this.input;
  }

  // What is no number is sent as it is: the service knows best what to say of it.
  read() {
    const text = this.input.value;
    if (text.trim() === "") return undefined;
    if (this.names) return this.names.find((name) => String(name) === text);
    const isNumber = this.schema.type === "number" || this.schema.type === "integer";
    return isNumber && Number.isFinite(Number(text)) ? Number(text) : text;
  }

  write(value) {
    this.input.value = value === undefined || value === null ? "" : String(value);
  }

  showFilled(value) {
    if (value === undefined || value === null || typeof value === "object") return;
    if (this.names) this.unsaid.textContent = `default: ${value}`;
    else this.input.placeholder = String(value);
  }

  #select() {
    this.unsaid = el(
      "option",
      { value: "" },
      this.isRequired ? "choose …" : `default${this.#told()}`,
    );
    const options = this.names.map((name) => el("option", { value: String(name) }, String(name)));
    return el("select", this.labelled(), this.unsaid, options);
  }

  #text() {
    const isNumber = this.schema.type !== "string";
    const { examples = [], default: value } = this.schema;
    const offered = this.form.offersFor(this.pointer, examples);
    if (offered.length) {
      const options = offered.map((each) => el("option", { value: each.value }, each.label));
      this.datalist = el("datalist", { id: `${this.id}-list` }, options);
    }
    return el("input", {
      ...this.labelled(),
      autocomplete: "off",
      spellcheck: "false",
      inputmode: isNumber ? "decimal" : null,
      list: offered.length ? `${this.id}-list` : null,
      placeholder: value === undefined || value === null ? null : String(value),
      "aria-required": this.isRequired ? "true" : null,
    });
  }

  #told() {
    const { default: value } = this.schema;
    return value === undefined || value === null ? "" : `: ${value}`;
  }
}
