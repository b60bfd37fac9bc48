// One dataset: its columns in numbers, and its first rows.

import { get, send } from "../api.js";
import { announce } from "../announce.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { ago, bytes, count, number } from "../format.js";
import { panel } from "../parts.js";

const ROWS = 10;
const NUMBERS = ["min", "max", "mean", "std", "missing"];

export async function show(main, { signal, id }) {
  const path = `v1/datasets/${id}`;
  const rowsPath = `${path}/rows?limit=${ROWS}`;
  const [dataset, rows] = await Promise.all([get(path, signal), get(rowsPath, signal)]);
  const name = dataset.name ?? dataset.id;
  const refusal = el("p", { class: "fault", role: "alert" });
  const facts = [
    dataset.name && dataset.id,
    count(dataset.rows, "row"),
    count(dataset.columns.length, "column"),
    `${bytes(dataset.size_bytes)} of ${dataset.media_type}`,
    dataset.created_at ? `came ${ago(dataset.created_at)}` : "built in",
  ];
  fill(
    main,
    el("h1", {}, name),
    el("p", { class: "muted small" }, facts.filter(Boolean).join(" · ")),
    el(
      "div",
      { class: "row actions" },
      el("a", { class: "button primary", href: `#/new?dataset=${id}` }, "Train on it"),
      ...(dataset.created_at ? [deletion(path, refusal)] : []),
    ),
    refusal,
    panel("Columns", columnsTable(dataset.columns), curlBox(curl(path), "this dataset").element),
    panel("First rows", rowsTable(rows), curlBox(curl(rowsPath), "its first rows").element),
  );
}

function columnsTable(columns) {
  const numbers = [...NUMBERS, "distinct"].map((name) => [name, "number"]);
  const heads = [["column", ""], ["type", ""], ...numbers, ["for example", ""]];
  const rows = columns.map((column) =>
    el(
      "tr",
      {},
      el(
        "th",
        { scope: "row" },
        column.name,
        column.is_target && el("span", { class: "badge" }, "target"),
      ),
      el("td", {}, column.type),
      NUMBERS.map((name) => el("td", { class: "number" }, number(column[name]))),
      el(
        "td",
        { class: "number" },
        `${number(column.distinct)}${column.more_distinct ? " +" : ""}`,
      ),
      el("td", { class: "small" }, column.examples.slice(0, 3).map(shown).join(", ")),
    ),
  );
  return table("Columns", heads, rows);
}

function rowsTable({ columns, data }) {
  const kinds = columns.map((_, place) =>
    data.some((row) => typeof row[place] === "number") ? "number" : "",
  );
  const rows = data.map((row) =>
    el(
      "tr",
      {},
      row.map((value, place) => el("td", { class: kinds[place] }, shown(value))),
    ),
  );
  return table(
    "First rows",
    columns.map((name, place) => [name, kinds[place]]),
    rows,
  );
}

function table(name, heads, rows) {
  const cells = heads.map(([head, kind]) => el("th", { scope: "col", class: kind }, head));
  return el(
    "div",
    { class: "scroll rows", tabindex: "0", role: "group", "aria-label": `${name} in a table` },
    el("table", {}, el("thead", {}, el("tr", {}, cells)), el("tbody", {}, rows)),
  );
}

function shown(value) {
  if (value === null) return "–";
  return String(value);
}

function deletion(path, refusal) {
  const attributes = { type: "button", class: "danger", onclick: () => remove(path, refusal) };
  return el("button", attributes, "Delete");
}

async function remove(path, refusal) {
  if (!confirm("Delete this dataset? Jobs that learnt from it keep their models.")) return;
  try {
    await send(path, { method: "DELETE" });
    announce("The dataset is deleted.");
    location.hash = "#/datasets";
  } catch (error) {
    if (error.name !== "Problem") throw error;
    refusal.textContent = error.message;
  }
}
