// The chain rule for one edge, with the numbers put in: a list of steps, each a list of lines.

import { at, BIAS, gradientOf } from "./edges.js";
import { headLines } from "./heads.js";
import { capital, unitName } from "./names.js";
import { bracketed, product, sumOfProducts, written } from "./numbers.js";
import { BACKPROP, DESCENT, FORWARD } from "./walk.js";

const SMALL_SLOPE = 0.05;
const SLOPE_FORMULAS = {
  linear: "f′(z) = 1",
  sigmoid: "f′(z) = a · (1 − a)",
  tanh: "f′(z) = 1 − a²",
  relu: "f′(z) = 1 where z > 0, else 0",
};

/** What there is to tell of `edge` in `row`, as far as `walk` has come. */
export function chainOf(walk, edge, row) {
  const { stage } = walk;
  const told = [];
  if (stage >= FORWARD) told.push({ title: `Forward, row ${row + 1}`, lines: forwardLines(walk, edge, row) });
  if (stage >= BACKPROP) {
    told.push({ title: `Backprop, row ${row + 1}`, lines: backpropLines(walk, edge, row) });
    told.push({ title: "Backprop, all rows", lines: [gradientLine(walk, edge)] });
    told.push({ title: stage === DESCENT ? "Descend" : "Descend, if you press it", lines: [descentLine(walk, edge)] });
  }
  return told;
}

/** The activations that the edge's layer is given in `row`, from the layer below it. */
function below({ problem, shown }, { layer }, row) {
  return layer === 0 ? problem.inputs[row] : shown.forward[layer - 1].activations[row];
}

function carried(walk, edge, row) {
  return edge.from === BIAS ? 1 : below(walk, edge, row)[edge.from];
}

function letter({ from }) {
  return from === BIAS ? "b" : "w";
}

function forwardLines(walk, edge, row) {
  const { layer, to } = edge;
  const { weights, biases } = walk.layers[layer];
  const { weighted_inputs: z, activations: a } = walk.shown.forward[layer];
  const pairs = below(walk, edge, row).map((value, from) => [weights[from][to], value]);
  const numbers = `${sumOfProducts(pairs)} + ${bracketed(biases[to])}`;
  const end = capital(unitName(layer + 1, to, walk.layers.length + 1));
  const name = activationOf(walk, layer);
  return [
    { say: `${end} adds up what comes in,`, formula: "z = Σ w · a + b", numbers, result: z[row][to] },
    { say: `and passes on, by ${name},`, formula: "a = f(z)", result: a[row][to] },
  ];
}

function activationOf({ problem }, layer) {
  return layer < problem.hidden.length ? problem.hidden[layer].activation : problem.output;
}

function backpropLines(walk, edge, row) {
  const { layer, to } = edge;
  const delta = walk.shown.backprop[layer].deltas[row][to];
  const isOutput = layer === walk.layers.length - 1;
  const a = carried(walk, edge, row);
  const share = {
    say: edge.from === BIAS ? "This row's share, as a bias is carried by a 1:" : "This row's share, by the a that the edge carries:",
    formula: `∂J/∂${letter(edge)} = ∂J/∂z · a`,
    numbers: product(delta, a),
    result: delta * a,
  };
  return [...(isOutput ? outputLines : hiddenLines)(walk, edge, row, delta), share];
}

function outputLines(walk, { layer, to }, row, delta) {
  const { problem, shown, slopes } = walk;
  return headLines({
    output: problem.output,
    cost: problem.cost,
    rows: problem.inputs.length,
    outputs: problem.targets[0].length,
    given: shown.forward[layer].activations[row][to],
    target: problem.targets[row][to],
    slope: slopes?.[layer]?.[row][to] ?? null,
    delta,
  });
}

function hiddenLines(walk, { layer, to }, row, delta) {
  const above = walk.shown.backprop[layer + 1].deltas[row];
  const pairs = walk.layers[layer + 1].weights[to].map((weight, unit) => [weight, above[unit]]);
  const pull = pairs.reduce((sum, [weight, value]) => sum + weight * value, 0);
  const slope = walk.slopes?.[layer]?.[row][to] ?? null;
  const name = activationOf(walk, layer);
  return [
    { say: "What the layer above hands back:", formula: "∂J/∂a = Σ w · δ", numbers: sumOfProducts(pairs), result: pull },
    { say: `How steep ${name} is at this z:`, formula: SLOPE_FORMULAS[name] ?? "f′(z)", result: slope },
    { say: "Both together:", formula: "δ = ∂J/∂z = ∂J/∂a · f′(z)", numbers: product(pull, slope), result: delta, note: slopeNote(slope) },
  ];
}

function slopeNote(slope) {
  if (slope === 0) return "f′(z) is 0: whatever comes from above, nothing goes further back.";
  return slope !== null && Math.abs(slope) < SMALL_SLOPE
    ? "f′(z) is near 0: little of what comes from above goes further back. The gradient vanishes."
    : undefined;
}

function gradientLine(walk, edge) {
  const { deltas } = walk.shown.backprop[edge.layer];
  const pairs = deltas.map((row, index) => [row[edge.to], carried(walk, edge, index)]);
  return {
    say: "The shares of all rows add up to the gradient. (J is a mean; its 1/n is in every δ.)",
    formula: `∂J/∂${letter(edge)} = Σ δ · a`,
    numbers: sumOfProducts(pairs),
    result: gradientOf(walk.shown, edge),
  };
}

function descentLine({ layers, shown, shownRate }, edge) {
  const weight = at(layers[edge.layer], edge);
  const w = letter(edge);
  return {
    say: "No chain rule here: only the weight, its gradient, and α.",
    formula: `${w} ← ${w} − α · ∂J/∂${w}`,
    numbers: `${written(weight)} − ${product(shownRate, gradientOf(shown, edge))}`,
    result: at(shown.descent[edge.layer], edge),
  };
}
