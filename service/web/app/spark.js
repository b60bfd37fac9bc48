// A curve of a word's size.

import { svg } from "./dom.js";
import { extent, isBetterLogarithmic } from "./scales.js";

const WIDTH = 120;
const HEIGHT = 32;
const INSET = 2;

/** A drawing of `values`, which says nothing: the numbers beside it do. */
export function spark(values) {
  const known = values.filter((value) => value !== null);
  const drawing = svg("svg", {
    class: "spark",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true",
  });
  if (known.length > 1) drawing.append(svg("polyline", { points: points(known) }));
  return drawing;
}

function points(values) {
  const height = isBetterLogarithmic([values]) ? Math.log : (value) => value;
  const heights = values.map(height);
  const { least, most } = extent([heights]);
  const step = (WIDTH - 2 * INSET) / (values.length - 1);
  const scale = (HEIGHT - 2 * INSET) / (most - least || 1);
  return heights
    .map((value, index) => `${INSET + index * step},${HEIGHT - INSET - (value - least) * scale}`)
    .join(" ");
}
