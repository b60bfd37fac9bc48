// The form of a job's body, made from its schema.

import { el } from "../dom.js";
import { fieldOf } from "./fields.js";
import { grouped } from "./groups.js";
import { Schemas } from "./schema.js";

const BODY = "/v1/jobs";
const DATASET = "/dataset";

export class JobForm {
  #fields = new Map();

  /** `datasets` are offered by name; `onChange` is called whenever another body may be meant. */
  constructor(document, datasets, onChange) {
    this.schemas = new Schemas(document);
    this.datasets = datasets;
    this.onChange = onChange;
    const { content } = document.paths[BODY].post.requestBody;
    this.schema = this.schemas.resolved(content["application/json"].schema);
    this.members = this.#members();
    this.element = el("div", {}, this.#groups());
    this.element.addEventListener("input", onChange);
  }

  /** The body as the fields have it: what was left alone is left out. */
  read() {
    const given = this.members.map((field) => [field.name, field.read()]);
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
  }

  /** Put `body` into the fields; what it does not say is left to the service. */
  write(body) {
    for (const field of this.members) field.write(body[field.name]);
    this.changed();
  }

  /** Show each fault beside the field that its pointer means, or the nearest around it. */
  showFaults(faults) {
    for (const field of this.#all()) field.showFault(null);
    const told = new Map();
    for (const { pointer, detail } of faults) {
      const [field, rest] = this.#nearest(pointer);
      if (field === null) continue;
      const words = rest ? `${rest.slice(1)}: ${detail}` : detail;
      told.set(field, [...(told.get(field) ?? []), words]);
    }
    for (const [field, words] of told) {
      field.showFault(words.join("; "));
      unfold(field.element);
    }
    return faults.filter(({ pointer }) => this.#nearest(pointer)[0] === null);
  }

  /** Show what the service would fill in. */
  showFilled(spec) {
    for (const field of this.members) field.showFilled(spec[field.name]);
  }

  focusFault() {
    this.element.querySelector('[aria-invalid="true"]')?.focus();
  }

  changed() {
    this.onChange();
  }

  offersFor(pointer, examples) {
    const offers = examples.map((value) => ({ value, label: value }));
    return pointer === DATASET ? [...offers, ...this.datasets] : offers;
  }

  // Of a choice and what is chosen, the latter is meant: it registers last.
  register(field) {
    this.#fields.set(field.pointer, [...(this.#fields.get(field.pointer) ?? []), field]);
  }

  forget(field) {
    const others = (this.#fields.get(field.pointer) ?? []).filter((each) => each !== field);
    this.#fields.set(field.pointer, others);
  }

  #all() {
    return [...this.#fields.values()].flat();
  }

  #nearest(pointer) {
    for (let place = pointer; place !== ""; place = place.slice(0, place.lastIndexOf("/"))) {
      const field = this.#fields.get(place)?.at(-1);
      if (field !== undefined) return [field, pointer.slice(place.length)];
    }
    return [null, pointer];
  }

  #members() {
    const { properties, required } = this.schema;
    const names = grouped(Object.keys(properties)).flatMap((group) => group.names);
    return names.map((name) =>
      fieldOf(this, properties[name], {
        name,
        pointer: `/${name}`,
        isRequired: required.includes(name),
      }),
    );
  }

  #groups() {
    const byName = new Map(this.members.map((field) => [field.name, field]));
    return grouped([...byName.keys()]).map(({ title, isOpen, names }) => {
      const fields = names.map((name) => byName.get(name).element);
      const heading = el("summary", {}, el("h2", {}, title));
      const body = el("div", { class: "fields" }, fields);
      return el("details", { class: "panel group", open: isOpen }, heading, body);
    });
  }
}

function unfold(element) {
  for (
    let box = element.closest("details");
    box !== null;
    box = box.parentElement.closest("details")
  ) {
    box.open = true;
  }
}
