// One job in the list of jobs.

import { get } from "./api.js";
import { el, fill } from "./dom.js";
import { ago, number } from "./format.js";
import { badge, kindOf, nameOf, progress } from "./parts.js";
import { spark } from "./spark.js";
import { untilLeft } from "./waiting.js";

const POINTS = 40;

// Curves are fetched of the rows that are seen, not of all.
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries)
    entry.target.dispatchEvent(new CustomEvent("seen", { detail: entry }));
});

export class JobRow {
  #drawnEpoch = null;
  #isSeen = false;
  #job = null;

  constructor(id, signal, onChoice) {
    this.id = id;
    this.signal = signal;
    this.box = el("input", { type: "checkbox", onchange: onChoice });
    this.link = el("a", { href: `#/jobs/${id}` });
    this.status = el("span");
    this.far = el("div", { class: "job-far" });
    this.cost = el("div", { class: "job-cost number" });
    this.curve = el("div", { class: "job-curve" });
    this.when = el("p", { class: "small muted" });
    this.element = el(
      "li",
      { class: "job" },
      this.box,
      el(
        "div",
        { class: "job-name" },
        el("div", { class: "row" }, this.link, this.status),
        this.when,
      ),
      this.far,
      this.cost,
      this.curve,
    );
    this.element.addEventListener("seen", ({ detail }) => this.#see(detail.isIntersecting));
    watcher.observe(this.element);
    signal.addEventListener("abort", () => watcher.unobserve(this.element));
  }

  get isChosen() {
    return this.box.checked;
  }

  show(job) {
    this.#job = job;
    this.box.setAttribute("aria-label", `Compare ${nameOf(job)}`);
    this.link.textContent = nameOf(job);
    this.link.className = kindOf(job);
    this.when.textContent = `${job.dataset ?? "own data"}, ${ago(job.created_at)}`;
    fill(this.status, badge(job.status));
    fill(this.far, progress(job));
    fill(this.cost, ...costs(job));
    this.#drawCurve();
  }

  #see(isSeen) {
    this.#isSeen = isSeen;
    this.#drawCurve();
  }

  #drawCurve() {
    const { epoch } = this.#job;
    if (!this.#isSeen || epoch === null || epoch === this.#drawnEpoch) return;
    this.#drawnEpoch = epoch;
    untilLeft(this.#fetchCurve());
  }

  async #fetchCurve() {
    const path = `v1/jobs/${this.id}/history?points=${POINTS}&layout=columns`;
    const page = await get(path, this.signal).catch((error) => {
      if (error.name === "AbortError") throw error;
      this.#drawnEpoch = null; // it is tried again with the next news
      return null;
    });
    if (page !== null) fill(this.curve, spark(page.columns.cost));
  }
}

function costs(job) {
  if (job.cost === null) return [];
  const validation = job.validation_cost;
  return [
    el("span", { class: "small muted" }, "J "),
    number(job.cost),
    validation === null
      ? null
      : el("span", { class: "small muted" }, ` validation ${number(validation)}`),
  ];
}
