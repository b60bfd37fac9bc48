// What has no simpler form: rows, weights, free objects, written as JSON.

import { el } from "../dom.js";
import { words } from "../format.js";
import { Field, sentence } from "./field.js";
import { rangeOf } from "./schema.js";

export class JsonField extends Field {
  constructor(form, schema, place) {
    super(form, schema, place);
    this.input = el("textarea", { ...this.labelled(), rows: "3", spellcheck: "false" });
    this.element = el(
      "div",
      { class: "field wide" },
      el("label", { for: this.id }, `${words(this.name)} (JSON)`),
      this.input,
      this.hint(schema.description, sentence(rangeOf(schema))),
      this.fault,
    );
  }

  control() {
    return this.input;
  }

  // What is not JSON is sent as text, and refused as such.
  read() {
    const text = this.input.value.trim();
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  write(value) {
    this.input.value = value === undefined || value === null ? "" : JSON.stringify(value);
  }
}
