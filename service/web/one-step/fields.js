// Fields, each with its name and the place for its faults.

import { el } from "../app/dom.js";
import { faultPlace } from "./faults.js";
import { read, written } from "./numbers.js";

const DIGITS = 6;

let made = 0; // fields so far: each has an id of its own

/** A list to choose from; `change` is called with what is chosen. */
export function choice(name, options, chosen, change, pointer) {
  const items = options.map((option) => el("option", { value: option, selected: String(option) === String(chosen) }, String(option)));
  const select = el("select", { "data-key": name, "data-pointer": pointer, onchange: ({ target }) => change(target.value) }, items);
  return labelled(name, select);
}

/** A list of numbers from `least` to `most`. */
export function count(name, { least, most }, chosen, change) {
  const options = Array.from({ length: most - least + 1 }, (_, index) => least + index);
  return choice(name, options, chosen, (value) => change(Number(value)));
}

/** A bare box for a number; `change` is called with it, or with the text that is none. */
export function numberBox(name, value, change, pointer) {
  return el("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": name,
    "data-key": name,
    "data-pointer": pointer,
    value: shownIn(value),
    onchange: ({ target }) => change(read(target.value)),
  });
}

/** Let `work` put other elements into `parent`; who was at one of a key goes on at its successor. */
export function keepingFocus(parent, work) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  work();
  if (key !== undefined) [...parent.querySelectorAll("[data-key]")].find(({ dataset }) => dataset.key === key)?.focus();
}

/** The text of a number to be edited. */
export function shownIn(value) {
  if (typeof value === "string") return value;
  return value === null ? written(value) : String(Number(value.toPrecision(DIGITS)));
}

/** `control` below its name. */
export function labelled(name, control) {
  made += 1;
  control.id = `field-${made}`;
  return el("div", { "data-field": true, class: "field" }, el("label", { for: control.id }, name), control, faultPlace());
}
