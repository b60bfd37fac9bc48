// J against one weight, all others as they are: where it stands, its tangent, and the step.

import { el, fill, svg } from "../app/dom.js";
import { at, gradientOf } from "./edges.js";
import { written } from "./numbers.js";
import { aired, plot, polyline } from "./plot.js";
import { costsAlong } from "./service.js";
import { BACKPROP, DESCENT } from "./walk.js";

const SAMPLES = 32;
const LEAST_REACH = 1;

/** What the picture shows, asked of the service. */
export async function surveyed(walk, edge, signal) {
  const here = at(walk.layers[edge.layer], edge);
  const there = at(walk.shown.descent[edge.layer], edge);
  const values = samples(here, there ?? here);
  const costs = await costsAlong(walk.problem, walk.layers, edge, [...values, there ?? here], signal);
  const costThere = there === null ? null : costs.pop();
  const curve = values.map((value, index) => [value, costs[index]]).filter(([, cost]) => cost !== null);
  return { here, there, curve, cost: walk.shown.cost, costThere, slope: gradientOf(walk.shown, edge), stage: walk.stage };
}

/** Draw it into `parent`, with a sentence below. */
export function drawValley(parent, survey) {
  const told = sentence(survey);
  const { curve } = survey;
  if (curve.length < 2 || survey.cost === null) return fill(parent, el("p", {}, "J is not finite around here."));
  const picture = plot({
    width: parent.clientWidth,
    xs: [curve[0][0], curve.at(-1)[0]],
    ys: aired(extent([...curve.map(([, cost]) => cost), survey.cost])),
    xName: "this weight",
    label: `J against this weight. ${told}`,
    marks: (x, y) => marks(survey, x, y),
  });
  return fill(parent, picture, el("p", { class: "small" }, told));
}

function samples(here, there) {
  const [low, high] = extent([here, there]);
  const reach = 0.8 * Math.max(high - low, Math.abs(here) / 2, LEAST_REACH);
  const width = (high - low + 2 * reach) / SAMPLES;
  return Array.from({ length: SAMPLES + 1 }, (_, index) => low - reach + index * width);
}

function extent(values) {
  return [Math.min(...values), Math.max(...values)];
}

function marks({ here, there, curve, cost, costThere, slope, stage }, x, y) {
  const drawn = [polyline(curve.map(([value, each]) => [x(value), y(each)]), { class: "curve" })];
  const ends = [curve[0][0], curve.at(-1)[0]];
  if (stage >= BACKPROP) {
    drawn.push(polyline(ends.map((value) => [x(value), y(cost + slope * (value - here))]), { class: "tangent" }));
  }
  const isSeen = costThere !== null && stage >= BACKPROP;
  if (isSeen) {
    const step = [[x(here), y(cost)], [x(there), y(cost)], [x(there), y(costThere)]];
    drawn.push(polyline(step, { class: stage === DESCENT ? "step" : "step planned" }));
    drawn.push(svg("circle", { cx: x(there), cy: y(costThere), r: 6, class: stage === DESCENT ? "there" : "there planned" }));
  }
  drawn.push(svg("circle", { cx: x(here), cy: y(cost), r: 6, class: "here" }));
  return drawn;
}

function sentence({ here, there, cost, costThere, slope, stage }) {
  const begin = `At ${written(here)} J is ${written(cost)}.`;
  if (stage < BACKPROP) return `${begin} Backprop will find how steep it is there.`;
  const steep = `${begin} The tangent's slope is ${written(slope)}.`;
  if (costThere === null) return `${steep} The step leads to where J is not finite.`;
  const leads = stage === DESCENT ? "led" : "would lead";
  return `${steep} The step ${leads} to ${written(there)}, where by this weight alone J is ${written(costThere)}; but the step moves all weights at once.`;
}
