// The cost around a job's model, with the path of descent: a picture that the service draws.

import { send } from "../api.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { panel } from "../parts.js";
import { isFinal } from "../states.js";
import { onTheme, seenTheme } from "../theme.js";
import { pause, untilLeft } from "../waiting.js";

const ACCEPTED = 202;
const AGAIN_MS = 1000;
const [SMALLEST, LARGEST, STEEPNESS] = [320, 760, 0.7];
const WORDS =
  "The cost J on the training rows, over a plane through the model's weights, with the path of " +
  "descent from its random start to the model.";

export class JobSurface {
  #isAsked = false;
  #model = null;
  #asked = null;

  constructor(id, signal) {
    this.id = id;
    this.signal = signal;
    this.note = el("p", { class: "muted" });
    this.picture = el("div", { class: "surface" });
    this.button = el("button", { type: "button", onclick: () => this.#ask() }, "Draw the surface");
    this.curl = curlBox(curl(this.#path(), { output: "surface.svg" }), "the surface");
    this.element = panel(
      "Surface",
      el("p", {}, WORDS),
      this.button,
      this.note,
      this.picture,
      this.curl.element,
    );
    onTheme(() => this.#isAsked && this.#ask(), signal);
  }

  // Of a job that is done it is drawn at once; of one that runs, a worker is asked when people do.
  show(job) {
    this.element.hidden = job.weights_sha256 === null && job.model_epoch === null && !isFinal(job);
    if (!isFinal(job) || job.weights_sha256 === null) return;
    if (this.#model === job.weights_sha256) return;
    this.#model = job.weights_sha256;
    requestAnimationFrame(() => this.#ask()); // once it is known how wide the page is
  }

  #path() {
    const room = this.picture.clientWidth || LARGEST;
    const width = Math.round(Math.min(Math.max(room, SMALLEST), LARGEST));
    const shape = `width=${width}&height=${Math.round(width * STEEPNESS)}`;
    return `v1/jobs/${this.id}/surface.svg?theme=${seenTheme()}&${shape}`;
  }

  #ask() {
    this.#isAsked = true;
    this.button.hidden = true;
    this.curl.set(curl(this.#path(), { output: "surface.svg" }));
    untilLeft(this.#draw());
  }

  async #draw() {
    const path = this.#path();
    this.#asked = path;
    this.note.textContent = "A worker draws it …";
    for (;;) {
      const response = await send(path, { signal: this.signal }).catch((error) => {
        if (error.name !== "Problem") throw error;
        this.note.textContent = error.message;
        return null;
      });
      if (response === null || this.#asked !== path) return;
      if (response.status !== ACCEPTED) {
        await this.#put(await response.blob());
        return;
      }
      await pause(AGAIN_MS, this.signal);
    }
  }

  async #put(blob) {
    const image = el("img", { alt: WORDS });
    image.src = URL.createObjectURL(blob);
    await image.decode();
    URL.revokeObjectURL(image.src);
    this.note.textContent = "";
    fill(this.picture, image);
  }
}
