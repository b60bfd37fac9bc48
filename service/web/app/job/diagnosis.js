// What the history says of the learning rate, in words.

import { el, fill } from "../dom.js";
import { number, words } from "../format.js";
import { panel } from "../parts.js";

export class JobDiagnosis {
  constructor() {
    this.body = el("div");
    this.element = panel("Diagnosis", this.body);
  }

  show({ diagnosis, learning_rate_search: search }) {
    this.element.hidden = diagnosis === null;
    if (diagnosis === null) return;
    const { verdict, sentence, advice, evidence } = diagnosis;
    fill(
      this.body,
      el(
        "p",
        {},
        el("strong", { class: "verdict", "data-verdict": verdict }, words(verdict)),
        ". ",
        sentence,
      ),
      el("p", {}, advice),
      search &&
        el(
          "p",
          {},
          `A range test before training found the learning rate ${number(search.learning_rate)}.`,
        ),
      this.#measures(evidence),
    );
  }

  // Open or shut as the reader left it.
  #measures(evidence) {
    const wasOpen = this.body.querySelector("details")?.open ?? false;
    const pairs = Object.entries(evidence).map(([name, value]) =>
      el("div", {}, el("dt", {}, words(name)), el("dd", { class: "number" }, number(value))),
    );
    const box = el(
      "details",
      {},
      el("summary", {}, "What was measured"),
      el("dl", { class: "facts" }, pairs),
    );
    box.open = wasOpen;
    return box;
  }
}
