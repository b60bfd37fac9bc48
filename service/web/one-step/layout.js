// Where units and edges of the graph lie, in a picture of a given width.

import { BIAS } from "./edges.js";

const ROW = 92;
const TOP = 34;
const SIDE = 20;
const BELOW_UNIT = 80; // its radius, and the lines under it
const BELOW_BIAS = 26;
const LABEL_ROOM = 92; // its width, and some air
const UNIT_ROOM = 70; // half a unit at either end, with the lines under it
const NARROWEST = 260;
// Labels of edges to one unit lie in a column: near enough to where edges begin to keep apart
const FIRST_SHARE = 0.26;
const LAST_SHARE = 0.58;

/** The plan of a network of `layers`: columns from the inputs to the outputs. */
export function layout(layers, available) {
  const sizes = [layers[0].weights.length, ...layers.map(({ biases }) => biases.length)];
  const width = Math.max(available, NARROWEST);
  const radius = width < 480 ? 21 : 26;
  const last = sizes.length - 1;
  const held = sizes.map((size, column) => size + (column < last ? 1 : 0));
  const deepest = Math.max(...held);
  const gap = (width - 2 * radius - 2 * SIDE) / last;
  const place = (column, index) => {
    const line = index === BIAS ? held[column] - 1 : index;
    return { x: radius + SIDE + column * gap, y: TOP + ((deepest - held[column]) / 2 + line) * ROW };
  };
  const isRoomy = (layer) => sizes[layer + 1] * LABEL_ROOM <= gap - UNIT_ROOM;
  const bottoms = held.map((_, column) => (column < last ? place(column, BIAS).y + BELOW_BIAS : place(column, sizes[last] - 1).y + BELOW_UNIT));
  const ends = ({ layer, from, to }) => [place(layer, from), place(layer + 1, to)];
  return {
    width,
    height: Math.max(...bottoms),
    radius,
    ends,
    units: sizes.flatMap((size, column) =>
      [...Array(size).keys(), ...(column < last ? [BIAS] : [])].map((index) => ({ ...place(column, index), column, index })),
    ),
    isRoomy,
    labelPlace: (edge) => along(ends(edge), isRoomy(edge.layer) ? labelShare(edge.to, sizes[edge.layer + 1]) : 0.5),
  };
}

function labelShare(to, count) {
  const share = count === 1 ? 0.5 : to / (count - 1);
  return FIRST_SHARE + share * (LAST_SHARE - FIRST_SHARE);
}

function along([from, to], share) {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}
