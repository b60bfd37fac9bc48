// Where backpropagation begins: how J changes with what the output gives, with the numbers put in.

import { bracketed, product, written } from "./numbers.js";

const STRAIGHT = {
  "sigmoid binary_cross_entropy": "This cost and the sigmoid are made for each other: their derivatives cancel to the bare error.",
  "softmax cross_entropy": "This cost and the softmax are made for each other: their derivatives cancel to the bare error.",
};
const PULLS = {
  mse: { formula: "2 · (ŷ − y)", of: (error) => 2 * error },
  mae: { formula: "sign(ŷ − y)", of: Math.sign },
  huber: { formula: "(ŷ − y, cut at ±1)", of: (error) => Math.max(-1, Math.min(1, error)) },
};

/** The lines that lead to δ of an output: `given` ŷ, its `target`, its `slope` f′(z), and δ. */
export function headLines({ output, cost, rows, outputs, given, target, slope, delta }) {
  const straight = STRAIGHT[`${output} ${cost}`];
  const mean = cost === "cross_entropy" ? rows : rows * outputs;
  const share = mean === rows ? "n" : "(n · outputs)";
  if (straight) {
    const numbers = `(${written(given)} − ${bracketed(target)}) / ${mean}`;
    return [{ say: straight, formula: `δ = ∂J/∂z = (ŷ − y) / ${share}`, numbers, result: delta }];
  }
  if (slope === null) {
    const say = "Each output of a softmax depends on every z, so their derivatives are added up:";
    return [{ say, formula: "δ = ∂J/∂z = Σ ∂J/∂ŷ · ∂ŷ/∂z", result: delta }];
  }
  const { formula, of } = PULLS[cost];
  const error = given - target;
  const put = cost === "mse" ? `2 · (${written(given)} − ${bracketed(target)})` : bracketed(of(error));
  const pull = of(error) / mean;
  return [
    { say: "How J changes with the output:", formula: `∂J/∂ŷ = ${formula} / ${share}`, numbers: `${put} / ${mean}`, result: pull },
    { say: "Through its activation:", formula: "δ = ∂J/∂z = ∂J/∂ŷ · f′(z)", numbers: product(pull, slope), result: delta },
  ];
}
