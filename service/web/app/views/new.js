// A new job: a form made from the interface's own description, judged as it is filled in.

import { get, openapi, post } from "../api.js";
import { announce } from "../announce.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { EXAMPLES } from "../examples.js";
import { bytes, count, duration } from "../format.js";
import { JobForm } from "../form/job-form.js";
import { randomName } from "../random.js";
import { debounced, untilLeft } from "../waiting.js";

const JUDGE_MS = 250;
const OFFERED = 100;

export async function show(main, { signal, query }) {
  const [document, datasets, body] = await Promise.all([
    openapi(),
    get(`v1/datasets?limit=${OFFERED}`, signal),
    wanted(query, signal),
  ]);
  const page = new NewJob(document, datasets.data.map(offer), signal);
  fill(main, ...page.elements());
  page.form.write(body);
}

/** The body to begin with: of an example, of a job to train again, on a dataset. */
async function wanted(query, signal) {
  if (query.has("job")) {
    const job = await get(`v1/jobs/${query.get("job")}`, signal);
    return { ...(job.name ? { name: job.name } : {}), ...job.spec };
  }
  if (query.has("dataset")) return { dataset: query.get("dataset") };
  return (EXAMPLES[query.get("example")] ?? EXAMPLES.iris).body;
}

function offer({ id, name, rows }) {
  return { value: id, label: `${name ?? id}, ${count(rows, "row")}` };
}

class NewJob {
  #judging = new AbortController();
  #key = randomName();

  constructor(document, datasets, signal) {
    this.signal = signal;
    this.judgeSoon = debounced(() => untilLeft(this.#judge()), JUDGE_MS);
    this.form = new JobForm(document, datasets, () => this.#changed());
    this.json = el("pre", { class: "wrap", tabindex: "0", "aria-label": "The body as JSON" });
    this.command = curlBox("", "send this job");
    this.verdict = el("p", { class: "verdict-line", role: "status" });
    this.others = el("ul", { class: "fault" });
  }

  elements() {
    return [
      el("h1", {}, "New job"),
      el(
        "div",
        { class: "row tools", role: "group", "aria-label": "Examples" },
        el("span", {}, "Begin with"),
        this.#examples(),
      ),
      el(
        "form",
        { class: "new-job", novalidate: true, onsubmit: (event) => this.#submitted(event) },
        this.form.element,
        el(
          "aside",
          { class: "panel sent", "aria-label": "What is sent" },
          el("h2", {}, "What is sent"),
          this.json,
          this.command.element,
          this.verdict,
          this.others,
          el("button", { class: "primary" }, "Train"),
        ),
      ),
    ];
  }

  #examples() {
    return Object.values(EXAMPLES).map(({ label, about, body }) =>
      el("button", { type: "button", title: about, onclick: () => this.form.write(body) }, label),
    );
  }

  #changed() {
    const text = JSON.stringify(this.form.read(), null, 2);
    if (text === this.json.textContent) return;
    this.json.textContent = text;
    this.command.set(curl("v1/jobs", { method: "POST", body: text }));
    this.#key = randomName();
    this.judgeSoon();
  }

  /** Have the service judge the body as it is now; answers whether it is good. */
  async #judge() {
    this.#judging.abort();
    this.#judging = new AbortController();
    const signal = AbortSignal.any([this.#judging.signal, this.signal]);
    try {
      const verdict = await post("v1/jobs?validate_only=true", this.form.read(), { signal });
      this.#good(verdict);
    } catch (error) {
      if (error.name !== "Problem") throw error;
      this.#bad(error);
    }
  }

  #good({ spec, parameters, estimates }) {
    this.form.showFaults([]);
    this.form.showFilled(spec);
    fill(this.others);
    this.verdict.textContent =
      `${count(parameters, "parameter")}, ${bytes(estimates.memory_bytes)} of memory, ` +
      `${estimates.seconds < 1 ? "" : "about "}${duration(estimates.seconds)}.`;
  }

  #bad({ errors, message }) {
    const rest = this.form.showFaults(errors);
    fill(
      this.others,
      rest.map(({ pointer, detail }) => el("li", {}, `${pointer} ${detail}`.trim())),
    );
    this.verdict.textContent = errors.length
      ? `${count(errors.length, "fault")}, each beside its field.`
      : message;
  }

  async #submitted(event) {
    event.preventDefault();
    try {
      const headers = { "Idempotency-Key": this.#key };
      const job = await post("v1/jobs", this.form.read(), { headers, signal: this.signal });
      announce("The job is queued.");
      location.hash = `#/jobs/${job.id}`;
    } catch (error) {
      if (error.name !== "Problem") throw error;
      this.#bad(error);
      this.form.focusFault();
    }
  }
}
