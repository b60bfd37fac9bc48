// What the service refuses stands beside the field that it points at.

import { el, fill } from "../app/dom.js";

/** Put each of `errors` beside its field among those with data-pointer; the rest comes back. */
export function placeFaults(errors) {
  clearFaults();
  return errors.filter((error) => {
    const field = fieldOf(error.pointer);
    if (field) mark(field, error.detail);
    return !field;
  });
}

export function clearFaults() {
  for (const field of document.querySelectorAll("[data-pointer][aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  for (const place of document.querySelectorAll("[data-faults]")) fill(place);
}

/** Where faults of the fields beside it are written. */
export function faultPlace() {
  return el("div", { "data-faults": true });
}

// The field itself; else the first part of what is at fault, or the whole that it is part of.
function fieldOf(pointer) {
  const fields = [...document.querySelectorAll("[data-pointer]")];
  const under = (inner, outer) => inner.startsWith(`${outer}/`);
  return (
    fields.find(({ dataset }) => dataset.pointer === pointer) ??
    fields.find(({ dataset }) => under(dataset.pointer, pointer)) ??
    fields.find(({ dataset }) => under(pointer, dataset.pointer))
  );
}

function mark(field, detail) {
  const place = field.closest("[data-field]").querySelector("[data-faults]");
  const id = `fault-${field.dataset.pointer.replaceAll("/", "-")}`;
  const named = field.getAttribute("aria-label");
  place.append(el("p", { class: "fault", id }, named ? `${named}: ${detail}` : detail));
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", id);
}
