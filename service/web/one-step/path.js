// J at the start and after each step.

import { el, fill, svg } from "../app/dom.js";
import { written } from "./numbers.js";
import { aired, plot, polyline } from "./plot.js";

const WIDE = 50; // of the greatest to the least J: beyond, by powers of ten
const MOST_DOTS = 40;

/** Draw `costs` into `parent`, and list them. */
export function drawPath(parent, costs) {
  const points = costs.map((cost, step) => [step, cost]).filter(([, cost]) => cost !== null);
  if (points.length < 2) return fill(parent, el("p", { class: "muted" }, "The curve begins with the first step down."));
  const values = points.map(([, cost]) => cost);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isLog = low > 0 && high / low > WIDE;
  const told = sentence(points, costs.length > points.length);
  const picture = plot({
    width: parent.clientWidth,
    xs: aired([0, points.at(-1)[0]], 0.03),
    isCounted: true,
    ys: isLog ? [low / 1.3, high * 1.3] : aired([low, high]),
    isLog,
    xName: isLog ? "steps (J by powers of ten)" : "steps",
    label: `J, step after step. ${told}`,
    marks: (x, y) => marks(points.map(([step, cost]) => [x(step), y(cost)])),
  });
  return fill(parent, picture, el("p", { class: "small" }, told), list(costs));
}

function marks(places) {
  const dots = places.length > MOST_DOTS ? [places.at(-1)] : places;
  return [polyline(places, { class: "curve" }), ...dots.map(([cx, cy]) => svg("circle", { cx, cy, r: 3.5, class: "dot" }))];
}

function sentence(points, isLost) {
  const [, first] = points[0];
  const [steps, last] = points.at(-1);
  const rises = points.filter(([, cost], index) => index > 0 && cost > points[index - 1][1]).length;
  const rose = rises === 0 ? "" : ` It rose in ${rises} of them.`;
  const lost = isLost ? " After that it was no finite number." : "";
  return `In ${steps} ${steps === 1 ? "step" : "steps"} J went from ${written(first)} to ${written(last)}.${rose}${lost}`;
}

function list(costs) {
  const items = costs.map((cost) => el("li", { class: "number" }, written(cost)));
  return el("details", {}, el("summary", {}, "As numbers"), el("ol", { start: 0, class: "costs" }, items));
}
