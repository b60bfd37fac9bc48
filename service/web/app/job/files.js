// What can be taken away: the model, the history, the pictures.

import { openapi, send } from "../api.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { nameOf, panel } from "../parts.js";

const MODEL = "/v1/jobs/{job_id}/model";
const REVOKE_MS = 10_000;

export class JobFiles {
  #shown = "";

  constructor(id) {
    this.id = id;
    this.body = el("div");
    this.element = panel("Take away", this.body);
  }

  show(job) {
    this.element.hidden = job.epoch === null;
    const shown = `${nameOf(job)} ${job.weights_sha256}`;
    if (job.epoch === null || shown === this.#shown) return;
    this.#shown = shown;
    this.#offer(job).catch((error) => {
      if (error.name !== "Problem") throw error;
      fill(this.body, el("p", { class: "fault" }, error.message));
    });
  }

  async #offer(job) {
    const models = job.weights_sha256 === null ? [] : await modelFormats();
    const base = `v1/jobs/${this.id}`;
    const file = (nameOf(job).match(/[\w.-]+/g) ?? [this.id]).join("-");
    const groups = [
      [
        "Model",
        models.map((format) => [format, `${base}/model?format=${format}`, `${file}.${format}`]),
      ],
      [
        "History",
        ["csv", "ndjson"].map((format) => [
          format,
          `${base}/history?points=100000&format=${format}`,
          `${file}-history.${format}`,
        ]),
      ],
      [
        "Cost curve",
        ["svg", "png"].map((format) => [
          format,
          `${base}/cost.${format}`,
          `${file}-cost.${format}`,
        ]),
      ],
    ];
    fill(
      this.body,
      groups.filter(([, offers]) => offers.length).map(([name, offers]) => group(name, offers)),
    );
  }
}

function group(name, offers) {
  const fault = el("p", { class: "fault", role: "alert" });
  const commands = offers.map(([, path, file]) => curl(path, { output: file })).join("\n");
  return el(
    "div",
    { class: "offers" },
    el(
      "div",
      { class: "row", role: "group", "aria-label": name },
      el("h3", {}, name),
      offers.map(([label, path, file]) =>
        el(
          "button",
          {
            type: "button",
            "aria-label": `Download ${name} as ${label}`,
            onclick: () => take(path, file, fault),
          },
          label,
        ),
      ),
    ),
    fault,
    curlBox(commands, name).element,
  );
}

/** The formats that the service describes, whichever they are. */
async function modelFormats() {
  const { paths } = await openapi();
  const { schema } = paths[MODEL].get.parameters.find(({ name }) => name === "format");
  return schema.enum;
}

// By fetch and not by a link, which could send no key.
async function take(path, file, fault) {
  fault.textContent = "";
  try {
    const url = URL.createObjectURL(await (await send(path)).blob());
    el("a", { href: url, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(url), REVOKE_MS);
  } catch (error) {
    if (error.name !== "Problem") throw error;
    fault.textContent = error.message;
  }
}
