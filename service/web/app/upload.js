// A file from this machine becomes a dataset: chosen, or dropped on the page.

import { send } from "./api.js";
import { announce } from "./announce.js";
import { curl, curlBox } from "./curl.js";
import { el, fill } from "./dom.js";

const ENDINGS = {
  csv: "text/csv",
  tsv: "text/csv",
  txt: "text/csv",
  json: "application/json",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  parquet: "application/vnd.apache.parquet",
  npz: "application/x-npz",
};
const ACCEPTED = [...Object.keys(ENDINGS).map((ending) => `.${ending}`), ".gz"].join(",");

/** The part of the page that takes a file; it leads on to the dataset. */
export function uploadPanel(signal) {
  const faults = el("div", { role: "alert" });
  const input = el("input", { type: "file", id: "file", accept: ACCEPTED });
  const name = el("span", { class: "muted small" });
  const zone = el(
    "div",
    { class: "panel drop" },
    el("h2", {}, "Upload"),
    el(
      "label",
      { for: "file" },
      "A file of CSV, JSON, NDJSON, Parquet or NPZ; text may be packed by gzip",
    ),
    input,
    el("p", { class: "muted small" }, "Or drop it here. "),
    name,
    faults,
    curlBox(example(), "an upload").element,
  );
  const begin = async (file) => {
    name.textContent = `Sending ${file.name} …`;
    fill(faults);
    const refused = await upload(file, signal);
    name.textContent = "";
    input.value = "";
    fill(faults, refused);
  };
  input.addEventListener("change", () => input.files.length && begin(input.files[0]));
  takeDrops(zone, begin);
  return zone;
}

function example() {
  const headers = { "Content-Type": "text/csv" };
  const command = curl("v1/datasets?name=penguins.csv", { headers });
  return `${command} \\\n  --data-binary @penguins.csv`;
}

/** Send `file`; answers what is wrong with it, in elements, or nothing. */
async function upload(file, signal) {
  const isPacked = file.name.toLowerCase().endsWith(".gz");
  const ending = file.name.toLowerCase().replace(/\.gz$/, "").split(".").pop();
  if (!(ending in ENDINGS)) {
    return [
      el("p", { class: "fault" }, `A file must end in one of ${Object.keys(ENDINGS).join(", ")}.`),
    ];
  }
  const headers = {
    "Content-Type": ENDINGS[ending],
    ...(isPacked ? { "Content-Encoding": "gzip" } : {}),
  };
  const path = `v1/datasets?name=${encodeURIComponent(file.name)}`;
  try {
    const response = await send(path, { method: "POST", body: file, headers, signal });
    const dataset = await response.json();
    announce(`${file.name} is a dataset now.`);
    location.hash = `#/datasets/${dataset.id}`;
    return [];
  } catch (error) {
    if (error.name !== "Problem") throw error;
    const lines = error.errors.map(({ pointer, detail }) =>
      el("li", {}, `${pointer} ${detail}`.trim()),
    );
    return [
      el("p", { class: "fault" }, error.message),
      lines.length > 0 && el("ul", { class: "fault" }, lines),
    ];
  }
}

function takeDrops(zone, begin) {
  const mark = (isOver) => (event) => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragover", mark(true));
  zone.addEventListener("dragleave", mark(false));
  zone.addEventListener("drop", (event) => {
    mark(false)(event);
    const [file] = event.dataTransfer.files;
    if (file) begin(file);
  });
}
