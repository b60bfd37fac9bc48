// The curves of several jobs in one picture.

import { get } from "../api.js";
import { Chart } from "../chart.js";
import { columnsOf, historyPath } from "../columns.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { number, words } from "../format.js";
import { badge, kindOf, nameOf, panel } from "../parts.js";
import { isFinal } from "../states.js";
import { keepLooking, untilLeft } from "../waiting.js";

const OFFERED = 30;
const MOST = 8;
const SOON_MS = 1500;
const LATER_MS = 10_000;
const MEASURES = [
  "cost",
  "validation_cost",
  "accuracy",
  "validation_accuracy",
  "gradient_norm",
  "learning_rate",
];

export async function show(main, { signal, query }) {
  const { data } = await get(`v1/jobs?limit=${OFFERED}`, signal);
  const chosen = (query.get("jobs") ?? "").split(",").filter(Boolean).slice(0, MOST);
  const missing = chosen.filter((id) => data.every((job) => job.id !== id));
  const older = await Promise.all(missing.map((id) => get(`v1/jobs/${id}`, signal)));
  const page = new Comparison([...data, ...older], chosen, signal);
  fill(main, ...page.elements());
  untilLeft(keepLooking(() => page.look(), signal));
}

class Comparison {
  #drawn = new Map();
  #leaveChart = new AbortController();

  constructor(jobs, chosen, signal) {
    this.jobs = new Map(jobs.map((job) => [job.id, job]));
    this.chosen = chosen;
    this.signal = signal;
    this.measure = MEASURES[0];
    this.picture = el("div");
    this.table = el("div", {
      class: "scroll",
      tabindex: "0",
      role: "group",
      "aria-label": "The jobs compared",
    });
    this.curl = el("div");
    this.note = el("p", { class: "muted" });
  }

  elements() {
    const options = MEASURES.map((name) => el("option", { value: name }, words(name)));
    const choose = (event) => {
      this.measure = event.target.value;
      this.#build();
    };
    return [
      el("h1", {}, "Compare"),
      el(
        "div",
        { class: "compare" },
        el(
          "fieldset",
          { class: "panel choices" },
          el("legend", {}, `Jobs, ${MOST} at most`),
          this.#boxes(),
        ),
        panel(
          "Curves",
          el(
            "div",
            { class: "row" },
            el("label", { for: "measure" }, "Measure"),
            el("select", { id: "measure", onchange: choose }, options),
          ),
          this.note,
          this.picture,
          this.table,
          this.curl,
        ),
      ),
    ];
  }

  /** Fetch what has changed, and draw it; answers when to look again. */
  async look() {
    const jobs = await Promise.all(this.chosen.map((id) => this.#fresh(id)));
    this.#build();
    return jobs.every(isFinal) ? LATER_MS : SOON_MS;
  }

  async #fresh(id) {
    const known = this.#drawn.get(id);
    if (known && isFinal(known.job)) return known.job;
    const [job, columns] = await Promise.all([
      get(`v1/jobs/${id}`, this.signal),
      columnsOf(id, this.signal),
    ]);
    this.#drawn.set(id, { job, columns });
    return job;
  }

  #boxes() {
    if (this.jobs.size === 0) return el("p", {}, "There is no job yet.");
    return [...this.jobs.values()].map((job) => {
      const box = el("input", { type: "checkbox", onchange: () => this.#choose(job.id, box) });
      box.checked = this.chosen.includes(job.id);
      return el(
        "label",
        { class: "choice-line" },
        box,
        el("span", { class: kindOf(job) }, nameOf(job)),
        badge(job.status),
      );
    });
  }

  #choose(id, box) {
    if (box.checked && this.chosen.length >= MOST) {
      box.checked = false;
      this.note.textContent = `${MOST} jobs are compared already: take one away first.`;
      return;
    }
    this.note.textContent = "";
    this.chosen = box.checked ? [...this.chosen, id] : this.chosen.filter((other) => other !== id);
    history.replaceState(
      null,
      "",
      this.chosen.length ? `#/compare?jobs=${this.chosen.join(",")}` : "#/compare",
    );
    untilLeft(this.look());
  }

  #build() {
    const shown = this.chosen.map((id) => this.#drawn.get(id)).filter(Boolean);
    this.#leaveChart.abort();
    this.#leaveChart = new AbortController();
    const known = shown.filter(({ columns }) => columns.has(this.measure));
    if (known.length === 0) {
      fill(
        this.picture,
        el("p", { class: "muted" }, this.chosen.length ? "No numbers yet." : "Choose some jobs."),
      );
    } else {
      this.#draw(known);
    }
    fill(this.table, shown.length > 0 && tableOf(shown.map(({ job }) => job)));
    const commands = this.chosen.map((id) => curl(historyPath(id))).join("\n");
    fill(this.curl, this.chosen.length > 0 && curlBox(commands, "these curves").element);
  }

  #draw(known) {
    const series = known.map(({ job }) => {
      const place = this.chosen.indexOf(job.id);
      return { label: nameOf(job), colour: `series-${place + 1}`, dash: place % 4 };
    });
    const signal = AbortSignal.any([this.#leaveChart.signal, this.signal]);
    const chart = new Chart({
      name: `Compared: ${words(this.measure)}`,
      series,
      height: 380,
      signal,
    });
    fill(this.picture, chart.element);
    const tables = known.map(({ columns }) => [columns.lists.epoch, columns.lists[this.measure]]);
    const [epochs, ...lists] = tables.length > 1 ? uPlot.join(tables) : tables[0];
    chart.draw(epochs, lists);
  }
}

function tableOf(jobs) {
  const heads = ["Job", "Status", "Epoch", "Cost", "Validation cost", "Optimizer", "Learning rate"];
  const rows = jobs.map((job) => {
    const { kind, learning_rate: rate } = job.spec.optimizer;
    const shown = typeof rate === "number" ? number(rate) : (rate?.kind ?? rate);
    return el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        el("a", { class: kindOf(job), href: `#/jobs/${job.id}` }, nameOf(job)),
      ),
      el("td", {}, badge(job.status)),
      [job.epoch, job.cost, job.validation_cost].map((value) =>
        el("td", { class: "number" }, number(value)),
      ),
      el("td", {}, words(kind)),
      el("td", { class: "number" }, shown ?? "–"),
    );
  });
  const numbers = ["Epoch", "Cost", "Validation cost", "Learning rate"];
  const cells = heads.map((head) =>
    el("th", { scope: "col", class: numbers.includes(head) ? "number" : "" }, head),
  );
  return el("table", {}, el("thead", {}, el("tr", {}, cells)), el("tbody", {}, rows));
}
