// The chosen edge: its weight, to be changed, and the chain rule for it.

import { el, fill } from "../app/dom.js";
import { chainOf } from "./chain.js";
import { at, pointerOf } from "./edges.js";
import { keepingFocus, labelled, numberBox } from "./fields.js";
import { capital, edgeName } from "./names.js";
import { written } from "./numbers.js";

/** Show `edge` of `walk`; `change` is called with another value of its weight. */
export function showEdge({ title, field, chain }, walk, edge, row, change) {
  const layers = walk.layersNow();
  const name = capital(edgeName(edge, layers));
  const box = numberBox(`Its value now, ${edgeName(edge, layers)}`, at(layers[edge.layer], edge), change, pointerOf(edge));
  fill(title, name);
  keepingFocus(field, () => fill(field, labelled("Its value now", box)));
  const told = chainOf(walk, edge, row);
  if (told.length === 0) fill(chain, el("p", { class: "muted" }, "Press Forward, and its numbers appear here, step by step."));
  else fill(chain, told.map(({ title: heading, lines }) => el("section", { class: "link" }, el("h3", {}, heading), lines.map(lineShape))));
}

function lineShape({ say, formula, numbers, result, note }) {
  return el(
    "div",
    { class: "line" },
    el("p", { class: "say" }, say),
    el(
      "p",
      { class: "math" },
      el("span", { class: "formula" }, formula),
      numbers && [" = ", el("span", { class: "numbers" }, numbers)],
      " = ",
      el("strong", { class: "result" }, written(result)),
    ),
    note && el("p", { class: "note" }, note),
  );
}
