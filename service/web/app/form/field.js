// What all fields have in common: a place in the body, a hint, and room for a fault.

import { el } from "../dom.js";

let made = 0;

export class Field {
  constructor(form, schema, { name, pointer, isRequired = false }) {
    this.form = form;
    this.schema = schema;
    this.name = name;
    this.pointer = pointer;
    this.isRequired = isRequired;
    made += 1;
    this.id = `field-${made}`;
    this.fault = el("p", { class: "fault", id: `${this.id}-fault`, hidden: true });
    form.register(this);
  }

  /** Say what is wrong with this field; null: nothing. */
  showFault(detail) {
    this.fault.textContent = detail ?? "";
    this.fault.hidden = detail === null;
    const control = this.control();
    if (control === null) return;
    if (detail === null) control.removeAttribute("aria-invalid");
    else control.setAttribute("aria-invalid", "true");
  }

  /** Show what holds where nothing is given here. */
  showFilled() {}

  /** The element that has the focus when the field is meant; null where it has none. */
  control() {
    return null;
  }

  /** This field and those in it are no part of the form any more. */
  forget() {
    this.form.forget(this);
    for (const child of this.children?.() ?? []) child.forget();
  }

  hint(...words) {
    const text = words.filter(Boolean).join(" ");
    return el("p", { class: "hint", id: `${this.id}-hint`, hidden: text === "" }, prose(text));
  }

  /** What a control needs to be told by its label, hint and fault. */
  labelled() {
    return { id: this.id, "aria-describedby": `${this.id}-hint ${this.id}-fault` };
  }
}

/** Text whose `words in backticks` are code. */
function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));
}

/** Words that begin with a capital and end with a point. */
export function sentence(text) {
  if (!text) return "";
  const whole = text[0].toUpperCase() + text.slice(1);
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
}
