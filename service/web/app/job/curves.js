// The curves of a job: cost, learning rate, gradient, accuracy.

import { Chart } from "../chart.js";
import { historyPath } from "../columns.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { panel } from "../parts.js";

const TRAINING = { label: "training", colour: "training" };
const VALIDATION = { label: "validation", colour: "validation" };
const COST = { name: "Cost", of: ["cost", "validation_cost"], series: [TRAINING, VALIDATION] };
const OTHERS = [
  {
    name: "Learning rate",
    of: ["learning_rate"],
    series: [{ label: "learning rate", colour: "rate" }],
  },
  {
    name: "Gradient norm",
    of: ["gradient_norm"],
    series: [{ label: "gradient norm", colour: "training" }],
  },
  {
    name: "Accuracy",
    of: ["accuracy", "validation_accuracy"],
    series: [TRAINING, VALIDATION],
  },
];
const HEIGHTS = { large: 320, small: 200 };
const SCALES = { auto: "scale: as it helps", linear: "linear", log: "logarithmic" };

export class JobCurves {
  #charts = [];
  #shown = "";

  constructor(id, columns, signal) {
    this.id = id;
    this.columns = columns;
    this.signal = signal;
    this.scale = scaleChoice((scale) => this.#cost()?.setScale(scale));
    this.costs = el("div");
    this.others = el("div", { class: "columns" });
    this.element = el(
      "div",
      {},
      panel("Cost", this.scale, this.costs, curlBox(curl(historyPath(id)), "the curve").element),
      this.others,
    );
  }

  /** Draw what the columns hold now. */
  draw() {
    this.#build();
    for (const { chart, of } of this.#charts) {
      chart.draw(
        this.columns.lists.epoch,
        of.map((name) => this.columns.lists[name]),
      );
    }
  }

  #cost() {
    return this.#charts[0]?.chart;
  }

  // Only curves that have numbers; others come when theirs do.
  #build() {
    const kinds = [COST, ...OTHERS].map((kind) => this.#known(kind));
    const shown = JSON.stringify(kinds.map(({ of }) => of));
    if (shown === this.#shown) return;
    this.#shown = shown;
    const [cost, ...others] = kinds.map((kind, place) => this.#made(kind, place === 0));
    fill(this.costs, cost ? cost.chart.element : el("p", { class: "muted" }, "No epoch yet."));
    fill(
      this.others,
      others.filter(Boolean).map(({ chart }) => panel(chart.name, chart.element)),
    );
    this.#charts = [cost, ...others].filter(Boolean);
  }

  #known(kind) {
    const known = kind.of.map((name) => this.columns.has(name));
    return {
      name: kind.name,
      of: kind.of.filter((_, place) => known[place]),
      series: kind.series.filter((_, place) => known[place]),
    };
  }

  #made({ name, of, series }, isLarge) {
    if (of.length === 0) return null;
    const height = isLarge ? HEIGHTS.large : HEIGHTS.small;
    const chart = new Chart({ name, series, height, signal: this.signal });
    if (isLarge) chart.setScale(this.scale.value);
    return { chart, of };
  }
}

function scaleChoice(choose) {
  const options = Object.entries(SCALES).map(([value, label]) => el("option", { value }, label));
  return el(
    "select",
    {
      class: "chart-scale small",
      "aria-label": "Scale of the cost",
      onchange: (event) => choose(event.target.value),
    },
    options,
  );
}
