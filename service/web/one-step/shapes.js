// Other sizes of a network and its rows: what fits is kept, what is new gets small random numbers.

export const LIMITS = {
  rows: { least: 1, most: 8 },
  inputs: { least: 1, most: 3 },
  units: { least: 1, most: 4 },
  outputs: { least: 1, most: 2 },
  layers: { least: 0, most: 2 },
};

/** Weights for units of these numbers, from the inputs on; `layers` as far as they reach. */
export function fitted(layers, sizes) {
  return sizes.slice(1).map((fanOut, index) => {
    const old = layers[index];
    const weights = table(sizes[index], fanOut, (row, column) => old?.weights[row]?.[column] ?? random());
    return { weights, biases: counted(fanOut, (unit) => old?.biases[unit] ?? 0) };
  });
}

/** As `layers`, all new. */
export function randomized(layers) {
  return fitted([], [layers[0].weights.length, ...layers.map(({ biases }) => biases.length)]);
}

/** The numbers of units: inputs, each hidden layer, outputs. */
export function sizesOf({ inputs, hidden, targets }) {
  return [inputs[0].length, ...hidden.map(({ units }) => units), targets[0].length];
}

/** `rows` with this many rows and columns; what is new is 0. */
export function resized(rows, count, width) {
  return table(count, width, (row, column) => rows[row]?.[column] ?? 0);
}

function table(rows, columns, value) {
  return counted(rows, (row) => counted(columns, (column) => value(row, column)));
}

function counted(count, value) {
  return Array.from({ length: count }, (_, index) => value(index));
}

function random() {
  return Math.round((Math.random() * 2 - 1) * 100) / 100;
}
