// What just happened, in plain words.

import { written } from "./numbers.js";
import { BACKPROP, DESCENT, FORWARD, START } from "./walk.js";

const LOST = "Forward: J is no finite number any more. Go back to the start, and take a smaller α.";
const SAME = 1e-12; // of J: a change below is rounding

/** The sentences for where `walk` stands. */
export function wordsFor(walk) {
  return { [START]: startWords, [FORWARD]: forwardWords, [BACKPROP]: backpropWords, [DESCENT]: descentWords }[walk.stage](walk);
}

/** What a step did, or would do, to J: in one sentence or two. */
export function verdict({ shown, shownRate, stage }) {
  const { cost, cost_after: after } = shown;
  const isDone = stage === DESCENT;
  const alpha = `α = ${written(shownRate)}`;
  const move = (did, would) => `J ${isDone ? did : would} from ${written(cost)} to ${written(after)}`;
  if (after === null) return `With ${alpha} J is no finite number any more: the step was so long that it exploded.`;
  if (isFlat(shown)) return "Every gradient is 0, so no step of any length moves anything.";
  if (Math.abs(after - cost) <= SAME * Math.abs(cost)) return `J stays at ${written(cost)}: the step is too small to be seen.`;
  if (after < cost) return `${move("fell", "would fall")}${slightly(cost, after)}.`;
  return (
    `Overshoot: ${move("rose", "would rise")}. The direction is right, downhill; but with ${alpha} ` +
    "the step is so long that it ends beyond the valley, higher up. Try a smaller α."
  );
}

function startWords() {
  return ["Nothing has happened yet. The network has its weights, and rows to learn from. Press Forward."];
}

function forwardWords({ shown, problem }) {
  if (shown.cost === null) return [LOST];
  return [
    `Forward: J = ${written(shown.cost)}, over ${counted(problem.inputs.length, "row")}.`,
    "Each unit has added up what came in, layer by layer, and passed on its a. No weight has moved.",
  ];
}

function backpropWords(walk) {
  const { gradient_check: check } = walk.shown;
  return [
    "Backprop: from the output back to the input, every weight now has its ∂J/∂w. No weight has moved: backpropagation takes no step.",
    `Gradient check: ${written(check)} away from central differences. ${checkWords(check)}`,
    `If you descend now: ${lowered(verdict(walk))}`,
  ];
}

function descentWords(walk) {
  return [
    `Descend: every weight went against its gradient, w ← w − α·∂J/∂w. ${verdict(walk)}`,
    "The units still show what they answered before it. Change α, and this very step is taken again, shorter or longer. Press Forward for the next one.",
  ];
}

function checkWords(check) {
  if (check === null) return "Some number is not finite.";
  return check < 1e-6 ? "They agree." : "They do not agree: here J has a kink, or is so flat that differences drown in rounding.";
}

/** By how much, where the digits shown do not tell. */
function slightly(cost, after) {
  return written(cost) === written(after) ? `, by ${written(cost - after)} only` : "";
}

function isFlat({ backprop }) {
  return backprop.every(({ weights_gradient: weights, biases_gradient: biases }) =>
    [...weights.flat(), ...biases].every((slope) => slope === 0),
  );
}

function lowered(text) {
  return text.startsWith("J ") || text.startsWith("α") ? text : text[0].toLowerCase() + text.slice(1);
}

function counted(count, noun) {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
