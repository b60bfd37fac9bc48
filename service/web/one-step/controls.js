// The buttons of the three movements, α, and which row is shown.

import { el, fill } from "../app/dom.js";
import { choice, labelled, numberBox, shownIn } from "./fields.js";
import { PRESETS } from "./presets.js";
import { BACKPROP, DESCENT, FORWARD } from "./walk.js";

const MANY = 10;
const MOVEMENTS = [
  [FORWARD, "Forward"],
  [BACKPROP, "Backprop"],
  [DESCENT, "Descend"],
];

/** The controls; `on` holds what each does: preset, show, repeat, restart, rate, scale, row. */
export class Controls {
  constructor(parent, on) {
    this.on = on;
    this.lesson = el("p", { class: "lesson" });
    this.rate = numberBox("Learning rate α", "", (value) => on.rate(value), "/learning_rate");
    this.movements = MOVEMENTS.map(([stage, name]) => button(name, () => on.show(stage)));
    this.rows = el("div");
    fill(
      parent,
      presets(on.preset),
      this.lesson,
      el("div", { class: "row", role: "group", "aria-label": "One step" }, this.movements),
      el(
        "div",
        { class: "row", role: "group", "aria-label": "Many steps" },
        button(`${MANY} steps`, () => on.repeat(MANY)),
        button("Back to the start", on.restart),
      ),
      el(
        "div",
        { class: "row rate" },
        labelled("Learning rate α", this.rate),
        button("Halve α", () => on.scale(1 / 2)),
        button("Double α", () => on.scale(2)),
        this.rows,
      ),
    );
  }

  /** Show what `walk` is at. */
  update(walk, row) {
    this.rate.value = shownIn(walk.learningRate);
    this.movements.forEach((each, index) => {
      const isNext = index === walk.stage % MOVEMENTS.length;
      each.classList.toggle("primary", isNext);
      each.setAttribute("aria-pressed", String(index + 1 === walk.stage));
    });
    const options = walk.problem.inputs.map((_, index) => index + 1);
    if (this.rows.dataset.shown === `${row} of ${options.length}`) return;
    this.rows.dataset.shown = `${row} of ${options.length}`;
    fill(this.rows, choice("Row shown", options, row + 1, (value) => this.on.row(Number(value) - 1)));
  }
}

function presets(change) {
  const items = PRESETS.map(({ id, title }) => el("option", { value: id }, title));
  const select = el("select", { onchange: ({ target }) => change(PRESETS.find(({ id }) => id === target.value)) }, items);
  return labelled("Begin with", select);
}

function button(name, onclick) {
  return el("button", { type: "button", onclick }, name);
}
