// What is asked of the service. All numbers of this page come from POST /v1/steps.

import { openapi, post } from "../app/api.js";
import { withValue } from "./edges.js";

// Below whatever an activation gives, so that every error of `slopesOf` is positive.
const FAR_BELOW = -1e300;

/** The step of `problem` from `layers`, as the service shows it; Problem with every fault. */
export function step(problem, layers, learningRate, signal) {
  const { inputs, targets, hidden, output, cost } = problem;
  const network = { hidden, output, weights: layers };
  return post("v1/steps", { network, inputs, targets, cost, learning_rate: learningRate }, { signal });
}

/**
 * f′(z) for every z of `rows`. A hidden unit that hands on its a alone has δ = f′(z) · δ of the
 * output, and so the service is asked for both.
 */
export async function slopesOf(activation, rows) {
  const inputs = rows.flat().map((z) => [z]);
  const one = { weights: [[1]], biases: [0] };
  const problem = {
    inputs,
    targets: inputs.map(() => [FAR_BELOW]),
    hidden: [{ units: 1, activation }],
    output: "linear",
    cost: "mae",
  };
  const { backprop } = await step(problem, [one, one], 1);
  const slopes = backprop[0].deltas.map(([delta], index) => delta / backprop[1].deltas[index][0]);
  return rows.map((row, index) => slopes.slice(index * row.length, (index + 1) * row.length));
}

/** J where the weight of `edge` is each of `values`, and all others stay; null if not finite. */
export function costsAlong(problem, layers, edge, values, signal) {
  return Promise.all(
    values.map(async (value) => {
      const { cost } = await step(problem, withValue(layers, edge, value), 1, signal);
      return cost;
    }),
  );
}

/** The names that the service knows: of activations, outputs and costs. */
export async function choices() {
  const description = await openapi();
  const { StepNetwork, StepBody, HiddenLayer } = description.components.schemas;
  const named = (schema) => schema.enum.filter((name) => name !== "auto");
  return {
    activations: named(HiddenLayer.properties.activation),
    outputs: named(StepNetwork.properties.output),
    costs: named(StepBody.properties.cost),
  };
}
