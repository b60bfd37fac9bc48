// Networks to begin with, each for one lesson.

const XOR = { inputs: [[0, 0], [0, 1], [1, 0], [1, 1]], targets: [[0], [1], [1], [0]] };

export const PRESETS = [
  {
    id: "line",
    title: "A line: one weight, one bias",
    lesson:
      "The line is y = 2x + 1, the network's is y = wx + b, and it begins at w = b = 0. " +
      "With α = 0.1 one step brings it near. Double α once and then again: it overshoots.",
    problem: {
      inputs: [[0], [1], [2], [3]],
      targets: [[1], [3], [5], [7]],
      hidden: [],
      output: "linear",
      cost: "mse",
    },
    layers: [{ weights: [[0]], biases: [0] }],
    learningRate: 0.1,
    row: 1, // the first row's input is 0, and so are all products with it
  },
  {
    id: "xor",
    title: "xor: two hidden units",
    lesson:
      "No line parts these rows; two hidden units can. Take 10 steps a few times: J stays on a plateau " +
      "for a while, where gradients are small, and then falls.",
    problem: { ...XOR, hidden: [{ units: 2, activation: "tanh" }], output: "sigmoid", cost: "binary_cross_entropy" },
    layers: [
      { weights: [[0.9, -0.6], [0.8, -0.7]], biases: [-0.2, 0.9] },
      { weights: [[0.7], [0.5]], biases: [0.1] },
    ],
    learningRate: 1,
  },
  {
    id: "saturated",
    title: "A saturated sigmoid: the gradient vanishes",
    lesson:
      "Large weights push both sigmoids to where they are flat. f′(z) is near 0, and the chain rule multiplies by it " +
      "twice on the way to the first weight. The answer is wrong, and yet almost nothing moves there.",
    problem: {
      inputs: [[1], [2]],
      targets: [[0], [1]],
      hidden: [{ units: 1, activation: "sigmoid" }, { units: 1, activation: "sigmoid" }],
      output: "linear",
      cost: "mse",
    },
    layers: [
      { weights: [[5]], biases: [2] },
      { weights: [[6]], biases: [1] },
      { weights: [[2]], biases: [0.5] },
    ],
    learningRate: 0.1,
  },
  {
    id: "dead",
    title: "A dead ReLU",
    lesson:
      "The bias of hidden 2 is so low that its z is below 0 in every row: it answers 0, its slope is 0, and so is " +
      "every gradient through it. It will never move again. Raise its bias above −1.8, and it comes to life.",
    problem: {
      inputs: [[0], [1], [2], [3]],
      targets: [[1], [2], [4], [8]],
      hidden: [{ units: 2, activation: "relu" }],
      output: "linear",
      cost: "mse",
    },
    layers: [
      { weights: [[0.8, 0.6]], biases: [0.1, -4] },
      { weights: [[0.9], [0.7]], biases: [0] },
    ],
    learningRate: 0.05,
  },
];
