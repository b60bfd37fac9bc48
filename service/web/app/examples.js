// Jobs to begin with.

const tanh = (units) => ({ units, activation: "tanh" });

export const EXAMPLES = {
  iris: {
    label: "Iris",
    about: "Three species of flowers, told by four lengths.",
    body: { name: "iris", dataset: "iris", epochs: 100 },
  },
  line: {
    label: "A line",
    about: "One weight, one bias, and the surface they descend on.",
    body: {
      name: "line",
      dataset: { inputs: [[0], [1], [2], [3], [4]], targets: [1.1, 2.9, 5.2, 6.8, 9.1] },
      network: { hidden: [] },
      optimizer: { kind: "gradient_descent", learning_rate: 0.3 },
      epochs: 40,
      batch_size: null,
    },
  },
  xor: {
    label: "XOR",
    about: "What no single layer can learn.",
    body: {
      name: "xor",
      dataset: "xor",
      network: { hidden: [tanh(8)] },
      optimizer: { kind: "adam", learning_rate: 0.05 },
      epochs: 300,
    },
  },
  moons: {
    label: "Moons",
    about: "Two half circles that reach into each other.",
    body: {
      name: "moons",
      dataset: "moons",
      network: { hidden: [tanh(16), tanh(16)] },
      epochs: 100,
    },
  },
  spirals: {
    label: "Spirals",
    about: "Two spirals around each other; a network has to bend a lot.",
    body: {
      name: "spirals",
      dataset: "spirals",
      network: { hidden: [tanh(32), tanh(32)] },
      epochs: 200,
    },
  },
  overshoot: {
    label: "Too large a step",
    about: "A learning rate that throws the cost up, and what the diagnosis says.",
    body: {
      name: "too large",
      dataset: "iris",
      optimizer: { kind: "gradient_descent", learning_rate: 20 },
      epochs: 60,
    },
  },
  digits: {
    label: "Digits",
    about: "Handwritten digits, 8 by 8 pixels; the learning rate found by a range test.",
    body: {
      name: "digits",
      dataset: "digits",
      network: { hidden: [{ units: 32, activation: "relu" }] },
      optimizer: { kind: "adam", learning_rate: "auto" },
      epochs: 40,
    },
  },
};
