// A curve over epochs, with its words, its legend and its table. `uPlot` draws it.

import { colour } from "./colours.js";
import { el, fill } from "./dom.js";
import { number } from "./format.js";
import { isBetterLogarithmic } from "./scales.js";
import { tableBox } from "./chart-table.js";
import { onTheme } from "./theme.js";
import { oncePerFrame } from "./waiting.js";

const DASHES = [[], [7, 4], [2, 3], [10, 3, 2, 3]];
const LOGARITHMIC = 3;
const POWERS_FROM = 1000;
// There is no half epoch.
const WHOLE_STEPS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((power) => [
  power,
  2 * power,
  5 * power,
]);

/**
 * A picture named `name` of `series` ({ label, colour: name of a variable }) over epochs.
 * `draw(epochs, lists)` shows other numbers; `setScale("auto" | "linear" | "log")` another scale.
 */
export class Chart {
  #plot = null;
  #data = [[]];
  #scale = "auto";
  #isLog = false;
  #redraw = oncePerFrame(() => this.#show());

  constructor({ name, series, height = 300, signal }) {
    this.name = name;
    this.series = series;
    this.height = height;
    this.#build(signal);
  }

  draw(epochs, lists) {
    this.#data = [epochs, ...lists];
    this.#redraw();
  }

  setScale(scale) {
    this.#scale = scale;
    this.#redraw();
  }

  #build(signal) {
    this.canvas = el("div", { class: "chart-canvas", role: "img", "aria-label": this.name });
    this.readout = el("p", { class: "chart-readout small muted number", "aria-hidden": "true" });
    this.table = tableBox(this.name, this.series);
    this.element = el(
      "figure",
      { class: "chart" },
      this.series.length > 1 ? legend(this.series) : null,
      this.canvas,
      this.readout,
      this.table.element,
    );
    onTheme(() => this.#rebuild(), signal);
    const seen = new ResizeObserver(() => this.#redraw());
    seen.observe(this.canvas);
    signal.addEventListener("abort", () => {
      seen.disconnect();
      this.#plot?.destroy();
      this.#plot = null;
    });
  }

  #show() {
    if (!this.canvas.isConnected) return;
    const [epochs, ...lists] = this.#data;
    const isLog = this.#scale === "log" || (this.#scale === "auto" && isBetterLogarithmic(lists));
    this.table.set(epochs, lists);
    this.canvas.setAttribute("aria-label", this.#words(epochs, lists));
    const width = this.canvas.clientWidth;
    if (this.#plot === null || isLog !== this.#isLog) {
      this.#isLog = isLog;
      this.#rebuild();
    } else {
      if (this.#plot.width !== width) this.#plot.setSize({ width, height: this.height });
      this.#plot.setData(this.#shown());
    }
  }

  #rebuild() {
    this.#plot?.destroy();
    const width = this.canvas.clientWidth;
    this.#plot = new uPlot(this.#options(width), this.#shown(), this.canvas);
  }

  // What a logarithm does not know is left out, and the curve goes on beside it.
  #shown() {
    if (!this.#isLog) return this.#data;
    const [epochs, ...lists] = this.#data;
    return [epochs, ...lists.map((list) => list.map((value) => (value > 0 ? value : null)))];
  }

  #options(width) {
    const axis = {
      stroke: colour("muted"),
      grid: { stroke: colour("grid"), width: 1 },
      ticks: { stroke: colour("grid"), width: 1 },
      font: "12px system-ui, sans-serif",
    };
    const filter = (_, splits) => this.#lines(splits);
    return {
      width,
      height: this.height,
      legend: { show: false },
      cursor: { drag: { x: true, y: false }, points: { size: 6 } },
      scales: {
        x: { time: false, range: (_, least, most) => [least ?? 0, Math.max(most ?? 1, least + 1)] },
        y: this.#isLog ? { distr: LOGARITHMIC, log: 10 } : {},
      },
      axes: [
        { ...axis, values: labels, size: 34, incrs: WHOLE_STEPS },
        {
          ...axis,
          values: labels,
          size: 62,
          grid: { ...axis.grid, filter },
          ticks: { ...axis.ticks, filter },
        },
      ],
      series: [{}, ...this.series.map(lineOf)],
      hooks: { setCursor: [(plot) => this.#tell(plot)] },
    };
  }

  // Over many powers of ten, lines between them would be a grey field.
  #lines(splits) {
    if (!this.#isLog || splits.at(-1) < POWERS_FROM * splits[0]) return splits;
    return splits.map((value) => (Number.isInteger(Math.log10(value)) ? value : null));
  }

  #tell(plot) {
    const { idx } = plot.cursor;
    const [epochs, ...lists] = this.#data;
    if (idx === null || idx === undefined || epochs[idx] === undefined) {
      this.readout.textContent = "";
      return;
    }
    const parts = this.series.map(({ label }, place) => `${label} ${number(lists[place][idx])}`);
    this.readout.textContent = `epoch ${epochs[idx]}: ${parts.join(", ")}`;
  }

  #words(epochs, lists) {
    const parts = this.series.map(({ label }, place) => {
      const list = lists[place];
      const first = list.findIndex((value) => value !== null && value !== undefined);
      if (first < 0) return `${label}: no numbers`;
      const last = list.findLastIndex((value) => value !== null && value !== undefined);
      const from = `${number(list[first])} at epoch ${epochs[first]}`;
      return `${label}: from ${from} to ${number(list[last])} at epoch ${epochs[last]}`;
    });
    return `${this.name}. ${parts.join(". ")}.`;
  }
}

function lineOf({ label, colour: name, dash }, place) {
  return {
    label,
    stroke: colour(name),
    width: 2,
    dash: DASHES[(dash ?? place) % DASHES.length],
    points: { show: false },
    spanGaps: true,
  };
}

function labels(_, splits) {
  return splits.map((value) => (value === null ? "" : number(value)));
}

function legend(series) {
  const list = el("ul", { class: "chart-legend small", "aria-label": "Legend" });
  return fill(
    list,
    series.map(({ label, colour: name, dash }, place) => {
      const swatch = el("span", { class: "swatch", "data-dash": (dash ?? place) % DASHES.length });
      swatch.style.borderColor = `var(--${name})`;
      return el("li", {}, swatch, label);
    }),
  );
}
