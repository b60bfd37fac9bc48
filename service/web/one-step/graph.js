// The network as a graph: units in columns, weights as edges, one of which is chosen.

import { fill, svg } from "../app/dom.js";
import { at, edgesOf, gradientOf, isSame } from "./edges.js";
import { layout } from "./layout.js";
import { edgeName } from "./names.js";
import { written } from "./numbers.js";
import { unitShape } from "./units.js";
import { BACKPROP, DESCENT } from "./walk.js";

const THINNEST = 1.25;
const THICKEST = 6;
const REACH = 11;
const LINE = 14; // the height of a line of text
const CHARACTER = 7.5; // the width of one
const FORTH = ["ArrowRight", "ArrowDown"];
const BACK = ["ArrowLeft", "ArrowUp"];

/**
 * Draw `walk` into `parent`, with the numbers of `row`; `choose` is called with an edge. Where `flows`,
 * the numbers of the last movement appear layer by layer.
 */
export function drawGraph(parent, { walk, row, chosen, choose, flows }) {
  const hadFocus = parent.contains(document.activeElement);
  const plan = layout(walk.layers, parent.clientWidth);
  const edges = described(walk, chosen);
  const lines = edges.map((edge, index) => {
    const line = edgeShape(edge, plan, walk.layers.length);
    listen(line, edges, index, choose);
    return line;
  });
  const labels = edges.filter(({ layer, isChosen }) => isChosen || plan.isRoomy(layer));
  const { width, height } = plan;
  const picture = svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "group",
      "aria-label": `The network, with the numbers of row ${row + 1}`,
      class: `graph stage-${walk.stage}${flows ? " flows" : ""}`,
    },
    svg("g", { role: "radiogroup", "aria-label": "Weights and biases" }, lines),
    svg("g", {}, plan.units.map((unit) => unitShape(walk, unit, row, plan.radius))),
    svg("g", { "aria-hidden": "true" }, labels.map((edge) => edgeLabel(edge, plan, walk))),
  );
  fill(parent, picture);
  if (hadFocus) parent.querySelector("[aria-checked=true]").focus();
}

/** The edges with what is shown of them; `share` is of the largest weight. */
function described(walk, chosen) {
  const layers = walk.layersNow();
  const edges = edgesOf(layers).map((edge) => ({
    ...edge,
    value: at(layers[edge.layer], edge),
    gradient: walk.stage >= BACKPROP ? gradientOf(walk.shown, edge) : null,
    isChosen: isSame(edge, chosen),
    name: edgeName(edge, layers),
  }));
  const largest = Math.max(...edges.map(({ value }) => Math.abs(value) || 0));
  return edges.map((edge) => ({ ...edge, share: largest > 0 ? (Math.abs(edge.value) || 0) / largest : 0 }));
}

function edgeShape(edge, plan, depth) {
  const { layer, value, gradient, isChosen, name, share } = edge;
  const [from, to] = plan.ends(edge);
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  const told = gradient === null ? "" : `, gradient ${written(gradient)}`;
  const kinds = ["edge", value < 0 ? "negative" : "positive", isChosen ? "chosen" : "", ...turns(layer, depth)];
  return svg(
    "g",
    {
      class: kinds.join(" "),
      role: "radio",
      tabindex: isChosen ? 0 : -1,
      "aria-checked": String(isChosen),
      "aria-label": `${name}: ${written(value)}${told}`,
    },
    svg("polygon", { points: strip(from, to), class: "reach" }),
    svg("line", { ...ends, class: "halo" }),
    svg("line", { ...ends, class: "line", "stroke-width": THINNEST + (THICKEST - THINNEST) * share }),
  );
}

/** What can be hit: a strip around the edge. A level line alone would have no height to be found by. */
function strip(from, to) {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [x, y] = [(-(to.y - from.y) * REACH) / length, ((to.x - from.x) * REACH) / length];
  const corners = [[from.x + x, from.y + y], [to.x + x, to.y + y], [to.x - x, to.y - y], [from.x - x, from.y - y]];
  return corners.map((corner) => corner.join(",")).join(" ");
}

function edgeLabel(edge, plan, { stage, layers }) {
  const { layer, value, gradient, isChosen } = edge;
  const { x, y } = plan.labelPlace(edge);
  const kinds = ["label", isChosen ? "chosen" : "", ...turns(layer, layers.length)];
  const lines = [
    [written(value), stage === DESCENT ? "moved" : "weight"],
    ...(gradient === null ? [] : [[`∂ ${written(gradient)}`, "slope"]]),
  ];
  return svg(
    "g",
    { class: kinds.join(" ") },
    plate(x, y, lines),
    lines.map(([text, kind], line) => svg("text", { x, y: y + LINE * line, class: kind }, text)),
  );
}

/** What keeps the lines of a label apart from the edge that they lie on. */
function plate(x, y, lines) {
  const width = Math.max(...lines.map(([text]) => text.length)) * CHARACTER + 6;
  return svg("rect", { x: x - width / 2, y: y - LINE, width, height: LINE * lines.length + 5, rx: 4, class: "plate" });
}

/** When a layer's turn comes on the way forward, and on the way back. */
function turns(layer, depth) {
  return [`turn-${layer}`, `back-${depth - 1 - layer}`];
}

function listen(line, edges, index, choose) {
  line.addEventListener("click", () => choose(edges[index]));
  line.addEventListener("keydown", (event) => {
    const turn = FORTH.includes(event.key) - BACK.includes(event.key);
    const isPress = event.key === " " || event.key === "Enter";
    if (turn === 0 && !isPress) return;
    event.preventDefault();
    choose(edges[(index + turn + edges.length) % edges.length]);
  });
}
