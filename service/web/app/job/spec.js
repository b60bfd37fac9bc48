// The specification of a job, with all that was filled in.

import { el } from "../dom.js";
import { panel } from "../parts.js";

export class JobSpec {
  constructor() {
    this.text = el("pre", { class: "spec", tabindex: "0", "aria-label": "Specification as JSON" });
    this.element = panel(
      "Specification",
      el("details", {}, el("summary", {}, "As JSON, with all that was filled in"), this.text),
    );
  }

  show({ spec }) {
    const text = JSON.stringify(spec, null, 2);
    if (this.text.textContent !== text) this.text.textContent = text;
  }
}
