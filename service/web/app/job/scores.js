// Scores of a job's model, and which classes it takes for which.

import { el, fill } from "../dom.js";
import { number, percent, words } from "../format.js";
import { panel } from "../parts.js";

const SHARES = ["accuracy", "precision", "recall", "f1"];
const PARTS = ["training", "validation"];

export class JobScores {
  #shown = null;

  constructor() {
    this.body = el("div", { class: "tables" });
    this.element = panel("Scores", this.body);
  }

  show({ metrics }) {
    this.element.hidden = metrics === null;
    const shown = JSON.stringify(metrics);
    if (metrics === null || shown === this.#shown) return;
    this.#shown = shown;
    const parts = PARTS.filter((part) => metrics[part]);
    fill(
      this.body,
      summary(metrics, parts),
      parts.flatMap((part) => details(part, metrics[part])),
    );
  }
}

function summary(metrics, parts) {
  const names = [...new Set(parts.flatMap((part) => plainNames(metrics[part])))];
  const rows = names.map((name) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, words(name)),
      parts.map((part) => el("td", { class: "number" }, score(name, metrics[part]))),
    ),
  );
  return table("On all rows", ["score", ...parts], rows);
}

function plainNames(scores) {
  const plain = Object.keys(scores).filter(
    (name) => typeof scores[name] !== "object" || scores[name] === null,
  );
  const known = plain.filter((name) => name !== "confusion_matrix");
  return [...known, ...Object.keys(scores.macro ?? {}).map((name) => `macro ${name}`)];
}

function score(name, scores) {
  const isMacro = name.startsWith("macro ");
  const plain = isMacro ? name.slice(6) : name;
  const value = isMacro ? scores.macro?.[plain] : scores[plain];
  return SHARES.includes(plain) ? percent(value) : number(value);
}

function details(part, scores) {
  const found = [];
  if (scores.classes) found.push(classes(part, scores.classes));
  if (scores.confusion_matrix) found.push(confusion(part, scores));
  if (scores.targets?.length > 1) found.push(targets(part, scores.targets));
  return found;
}

function classes(part, rows) {
  const names = ["label", "rows", "precision", "recall", "f1", "roc_auc"];
  const lines = rows.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, String(row.label)),
      names
        .slice(1)
        .map((name) =>
          el(
            "td",
            { class: "number" },
            SHARES.includes(name) ? percent(row[name]) : number(row[name]),
          ),
        ),
    ),
  );
  return table(`Classes, ${part}`, ["class", ...names.slice(1).map(words)], lines);
}

function targets(part, rows) {
  const lines = rows.map((row) =>
    el(
      "tr",
      {},
      el("th", { scope: "row" }, row.target),
      ["mae", "rmse", "r2"].map((name) => el("td", { class: "number" }, number(row[name]))),
    ),
  );
  return table(`Targets, ${part}`, ["target", "mae", "rmse", "r2"], lines);
}

/** Rows are true classes, columns predicted ones; the darker, the greater the share of its row. */
function confusion(part, { classes: labels, confusion_matrix: matrix }) {
  const lines = matrix.map((row, place) => {
    const sum = row.reduce((total, cell) => total + cell, 0);
    const cells = row.map((cell, other) => {
      const element = el(
        "td",
        { class: place === other ? "right number" : "wrong number" },
        String(cell),
      );
      element.style.setProperty("--share", sum ? cell / sum : 0);
      return element;
    });
    return el("tr", {}, el("th", { scope: "row" }, String(labels[place].label)), cells);
  });
  const heads = ["true \\ predicted", ...labels.map(({ label }) => String(label))];
  return table(`Confusion, ${part}`, heads, lines, "confusion");
}

function table(caption, heads, rows, kind = "") {
  const [first, ...others] = heads;
  return el(
    "div",
    { class: "scroll", tabindex: "0", role: "group", "aria-label": caption },
    el(
      "table",
      { class: kind },
      el("caption", {}, caption),
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col" }, first),
          others.map((head) => el("th", { scope: "col", class: "number" }, head)),
        ),
      ),
      el("tbody", {}, rows),
    ),
  );
}
