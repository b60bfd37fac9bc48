// What can be changed of the network and its rows. Each change is handed on as a whole new problem.

import { el, fill } from "../app/dom.js";
import { choice, count, keepingFocus, numberBox } from "./fields.js";
import { faultPlace } from "./faults.js";
import { fitted, LIMITS, randomized, resized, sizesOf } from "./shapes.js";

const NEW_LAYER = { units: 2, activation: "tanh" };

/** Show the fields of `walk` in `parent`; `change` is called with the problem and layers to go on with. */
export function showSetup(parent, walk, names, change) {
  const edit = (part) => {
    const problem = { ...structuredClone(walk.problem), ...part };
    change({ problem, layers: fitted(walk.layersNow(), sizesOf(problem)) });
  };
  const randomize = () => change({ layers: randomized(walk.layersNow()) });
  keepingFocus(parent, () =>
    fill(
      parent,
      rowsTable(walk, edit),
      sizeFields(walk, edit),
      layerFields(walk, names, edit),
      headFields(walk, names, edit),
      el("button", { type: "button", onclick: randomize }, "Random weights"),
    ),
  );
}

function rowsTable(walk, edit) {
  const { inputs, targets } = walk.problem;
  const heads = [...inputs[0].map((_, index) => `Input ${index + 1}`), ...targets[0].map((_, index) => `Target ${index + 1}`)];
  const rows = inputs.map((_, row) =>
    el(
      "tr",
      { "data-row": row },
      el("th", { scope: "row" }, `Row ${row + 1}`),
      cells(walk, "inputs", "input", row, edit),
      cells(walk, "targets", "target", row, edit),
    ),
  );
  const head = el("tr", {}, el("td"), heads.map((text) => el("th", { scope: "col" }, text)));
  return el(
    "div",
    { "data-field": true },
    el("div", { class: "scroll" }, el("table", { class: "rows" }, el("thead", {}, head), el("tbody", {}, rows))),
    faultPlace(),
  );
}

function cells(walk, key, noun, row, edit) {
  return walk.problem[key][row].map((value, column) => {
    const change = (number) => {
      const rows = structuredClone(walk.problem[key]);
      rows[row][column] = number;
      edit({ [key]: rows });
    };
    const name = `Row ${row + 1}, ${noun} ${column + 1}`;
    return el("td", {}, numberBox(name, value, change, `/${key}/${row}/${column}`));
  });
}

function sizeFields(walk, edit) {
  const { inputs, targets, hidden } = walk.problem;
  const resize = (part) => {
    const { rows, ins, outs } = { rows: inputs.length, ins: inputs[0].length, outs: targets[0].length, ...part };
    edit({ inputs: resized(walk.problem.inputs, rows, ins), targets: resized(walk.problem.targets, rows, outs) });
  };
  const deepen = (depth) => edit({ hidden: Array.from({ length: depth }, (_, index) => walk.problem.hidden[index] ?? NEW_LAYER) });
  return el(
    "div",
    { class: "fields" },
    count("Rows", LIMITS.rows, inputs.length, (rows) => resize({ rows })),
    count("Inputs", LIMITS.inputs, inputs[0].length, (ins) => resize({ ins })),
    count("Outputs", LIMITS.outputs, targets[0].length, (outs) => resize({ outs })),
    count("Hidden layers", LIMITS.layers, hidden.length, deepen),
  );
}

function layerFields(walk, { activations }, edit) {
  const { hidden } = walk.problem;
  return hidden.map((layer, index) => {
    const change = (part) => {
      const now = walk.problem.hidden;
      edit({ hidden: now.with(index, { ...now[index], ...part }) });
    };
    const name = hidden.length === 1 ? "Hidden" : `Layer ${index + 1}`;
    const pointer = `/network/hidden/${index}/activation`;
    return el(
      "div",
      { class: "fields" },
      count(`${name}: units`, LIMITS.units, layer.units, (units) => change({ units })),
      choice(`${name}: activation`, activations, layer.activation, (activation) => change({ activation }), pointer),
    );
  });
}

function headFields(walk, { outputs, costs }, edit) {
  const { output, cost } = walk.problem;
  return el(
    "div",
    { class: "fields" },
    choice("Output", outputs, output, (name) => edit({ output: name }), "/network/output"),
    choice("Cost J", costs, cost, (name) => edit({ cost: name }), "/cost"),
  );
}
