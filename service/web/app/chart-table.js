// The numbers of a curve as a table, for those who read rather than look.

import { el, fill } from "./dom.js";
import { number } from "./format.js";

const MOST_ROWS = 24;

/** A box, shut at first, that holds some rows of a curve, the first and the last among them. */
export function tableBox(name, series) {
  let rows = [[], []];
  const body = el("tbody");
  const element = el(
    "details",
    { class: "chart-table" },
    el("summary", {}, "Table", el("span", { class: "unseen" }, `: ${name}`)),
    el(
      "div",
      { class: "scroll", tabindex: "0", role: "group", "aria-label": `${name} in numbers` },
      el("table", { class: "number" }, head(series), body),
    ),
  );
  const show = () => element.open && fill(body, rowsOf(...rows));
  element.addEventListener("toggle", show);
  return {
    element,
    set: (epochs, lists) => {
      rows = [epochs, lists];
      show();
    },
  };
}

function head(series) {
  const names = series.map(({ label }) => el("th", { scope: "col" }, label));
  return el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "epoch"), names));
}

function rowsOf(epochs, lists) {
  return places(epochs.length).map((place) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, String(epochs[place])),
      lists.map((list) => el("td", {}, number(list[place]))),
    ),
  );
}

function places(length) {
  if (length <= MOST_ROWS) return [...Array(length).keys()];
  const step = (length - 1) / (MOST_ROWS - 1);
  return Array.from({ length: MOST_ROWS }, (_, index) => Math.round(index * step));
}
