// The data that jobs learn from.

import { get, openapi } from "../api.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { ago, bytes, number } from "../format.js";
import { panel } from "../parts.js";
import { uploadPanel } from "../upload.js";

const MOST = 100;
const PATH = `v1/datasets?limit=${MOST}`;

export async function show(main, { signal }) {
  const [{ data, has_more: hasMore }, document] = await Promise.all([get(PATH, signal), openapi()]);
  fill(
    main,
    el("h1", {}, "Datasets"),
    uploadPanel(signal),
    panel(
      "Yours",
      data.length === 0 ? el("p", { class: "muted" }, "None yet.") : tableOf(data),
      hasMore && el("p", { class: "muted" }, `The newest ${MOST}; more by curl.`),
      curlBox(curl(PATH), "the datasets").element,
    ),
    panel("Always there", el("ul", { class: "row plain" }, builtIn(document).map(train))),
  );
}

function tableOf(datasets) {
  const rows = datasets.map((dataset) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        el("a", { href: `#/datasets/${dataset.id}` }, dataset.name ?? dataset.id),
      ),
      el("td", { class: "number" }, number(dataset.rows)),
      el("td", { class: "number" }, bytes(dataset.size_bytes)),
      el("td", {}, dataset.media_type),
      el("td", {}, ago(dataset.created_at)),
      el(
        "td",
        {},
        el(
          "a",
          { href: `#/new?dataset=${dataset.id}` },
          "Train",
          el("span", { class: "unseen" }, ` on ${dataset.name ?? dataset.id}`),
        ),
      ),
    ),
  );
  const heads = [["Name"], ["Rows", "number"], ["Size", "number"], ["Kind"], ["Came"]].map(
    ([head, kind]) => el("th", { scope: "col", class: kind }, head),
  );
  const last = el("td", {});
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": "Your datasets" },
    el("table", {}, el("thead", {}, el("tr", {}, heads, last)), el("tbody", {}, rows)),
  );
}

/** The names that the description of a job gives as examples. */
function builtIn({ components }) {
  const { anyOf } = components.schemas.JobBody.properties.dataset;
  return anyOf.find(({ type }) => type === "string")?.examples ?? [];
}

function train(name) {
  return el(
    "li",
    {},
    el("a", { class: "button", href: `#/new?dataset=${name}` }, `Train on ${name}`),
  );
}
