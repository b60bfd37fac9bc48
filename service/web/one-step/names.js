// What units and edges are called, in the graph and to screen readers.

import { BIAS } from "./edges.js";

/** The unit `index` of column `column`; column 0 are the inputs, `columns` is how many there are. */
export function unitName(column, index, columns) {
  if (column === 0) return `input ${index + 1}`;
  if (column === columns - 1) return `output ${index + 1}`;
  return columns === 3 ? `hidden ${index + 1}` : `hidden ${index + 1} of layer ${column}`;
}

/** "weight from input 1 to hidden 2", or "bias of hidden 2". */
export function edgeName({ layer, from, to }, layers) {
  const columns = layers.length + 1;
  const end = unitName(layer + 1, to, columns);
  return from === BIAS ? `bias of ${end}` : `weight from ${unitName(layer, from, columns)} to ${end}`;
}

export function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}
