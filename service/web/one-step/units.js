// A unit of the graph: a in it, and below it z, the target, δ, as far as they are known.

import { svg } from "../app/dom.js";
import { BIAS } from "./edges.js";
import { capital, unitName } from "./names.js";
import { written } from "./numbers.js";
import { BACKPROP, FORWARD } from "./walk.js";

const LINE = 14;
const DIGITS = 3; // as many as a unit has room for
const LONG = 5; // characters, beyond which a number is written smaller

/** The shape of `unit` of a layout, with the numbers of `row`. */
export function unitShape(walk, unit, row, radius) {
  return unit.index === BIAS ? biasShape(unit, radius) : neuronShape(walk, unit, row, radius);
}

function biasShape({ x, y }, radius) {
  const side = radius * 1.1;
  return svg(
    "g",
    { class: "unit one", "aria-hidden": "true" },
    svg("rect", { x: x - side / 2, y: y - side / 2, width: side, height: side, rx: 4 }),
    svg("text", { x, y: y + 5 }, "1"),
  );
}

function neuronShape(walk, { x, y, column, index }, row, radius) {
  const depth = walk.layers.length;
  const a = activation(walk, column, index, row);
  const main = a === undefined ? "?" : written(a, DIGITS);
  const lines = linesBelow(walk, column, index, row);
  const told = [unitName(column, index, depth + 1), a !== undefined && `a ${main}`, ...lines.map(([text]) => text)];
  return svg(
    "g",
    {
      class: `unit turn-${column - 1} back-${depth - column}`,
      role: "img",
      "aria-label": capital(told.filter(Boolean).join(", ")),
    },
    svg("circle", { cx: x, cy: y, r: radius }),
    svg("text", { x, y: y + 5, class: main.length > LONG ? "value long" : "value" }, main),
    lines.map(([text, kind], line) => svg("text", { x, y: y + radius + LINE * (line + 1), class: kind }, text)),
  );
}

function activation({ stage, shown, problem }, column, index, row) {
  if (column === 0) return problem.inputs[row][index];
  return stage >= FORWARD ? shown.forward[column - 1].activations[row][index] : undefined;
}

function linesBelow({ stage, shown, problem }, column, index, row) {
  if (column === 0) return [];
  const lines = [];
  if (stage >= FORWARD) lines.push([`z ${written(shown.forward[column - 1].weighted_inputs[row][index])}`, "z"]);
  if (column > problem.hidden.length) lines.push([`target ${written(problem.targets[row][index])}`, "target"]);
  if (stage >= BACKPROP) lines.push([`δ ${written(shown.backprop[column - 1].deltas[row][index])}`, "delta"]);
  return lines;
}
