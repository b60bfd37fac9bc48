// The weights and biases of a network as edges of a graph. A bias comes from a unit that is always 1.

export const BIAS = "bias";

/** Every edge of `layers`, layer by layer, unit by unit. */
export function edgesOf(layers) {
  return layers.flatMap(({ weights, biases }, layer) =>
    biases.flatMap((_, to) =>
      [...weights.keys(), BIAS].map((from) => ({ layer, from, to })),
    ),
  );
}

export function isSame(one, other) {
  return one.layer === other.layer && one.from === other.from && one.to === other.to;
}

/** What `layers` hold for an edge: a weight, a gradient, whatever has their shape. */
export function at({ weights, biases }, { from, to }) {
  return from === BIAS ? biases[to] : weights[from][to];
}

/** A copy of `layers` in which the edge has `value`. */
export function withValue(layers, edge, value) {
  const copy = structuredClone(layers);
  const { weights, biases } = copy[edge.layer];
  if (edge.from === BIAS) biases[edge.to] = value;
  else weights[edge.from][edge.to] = value;
  return copy;
}

/** ∂J/∂w of the edge, in a step as the service shows it. */
export function gradientOf(shown, edge) {
  const { weights_gradient: weights, biases_gradient: biases } = shown.backprop[edge.layer];
  return at({ weights, biases }, edge);
}

/** Where the edge's value stands in the body of a request. */
export function pointerOf({ layer, from, to }) {
  const place = from === BIAS ? "biases" : `weights/${from}`;
  return `/network/weights/${layer}/${place}/${to}`;
}
