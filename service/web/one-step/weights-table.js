// The graph's numbers once more, as a table.

import { el, fill } from "../app/dom.js";
import { at, edgesOf, gradientOf } from "./edges.js";
import { capital, edgeName } from "./names.js";
import { written } from "./numbers.js";
import { BACKPROP } from "./walk.js";

const HEADS = ["Weight or bias", "w", "∂J/∂w", "w − α·∂J/∂w"];

/** Fill `parent` with every weight of the step that `walk` shows. */
export function showWeights(parent, walk) {
  const rows = edgesOf(walk.layers).map((edge) => {
    const isKnown = walk.stage >= BACKPROP;
    const numbers = [
      at(walk.layers[edge.layer], edge),
      ...(isKnown ? [gradientOf(walk.shown, edge), at(walk.shown.descent[edge.layer], edge)] : []),
    ].map((number) => written(number));
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, capital(edgeName(edge, walk.layers))),
      HEADS.slice(1).map((_, index) => el("td", { class: "number" }, numbers[index] ?? "not yet")),
    );
  });
  const head = el("tr", {}, HEADS.map((text, index) => el("th", { scope: "col", class: index > 0 && "number" }, text)));
  fill(parent, el("table", {}, el("thead", {}, head), el("tbody", {}, rows)));
}
