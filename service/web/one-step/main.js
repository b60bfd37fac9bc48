// The page that lays one step open: what is pressed, asked, and shown.

import { Problem } from "../app/api.js";
import { el, fill } from "../app/dom.js";
import { startHeader } from "../app/header.js";
import { Controls } from "./controls.js";
import { showEdge } from "./edge-panel.js";
import { edgesOf, isSame, withValue } from "./edges.js";
import { clearFaults, placeFaults } from "./faults.js";
import { drawGraph } from "./graph.js";
import { drawPath } from "./path.js";
import { PRESETS } from "./presets.js";
import { choices } from "./service.js";
import { sizesOf } from "./shapes.js";
import { showSetup } from "./setup.js";
import { drawValley, surveyed } from "./valley.js";
import { DESCENT, START, Walk } from "./walk.js";
import { showWeights } from "./weights-table.js";
import { wordsFor } from "./words.js";

const part = (id) => document.getElementById(id);
const edgeParts = { title: part("edge-title"), field: part("edge"), chain: part("chain") };

const UNAUTHORIZED = 401;
const SIGN_IN = "This service asks for a key. Sign in on the Jobs page, then come back.";
const MEND = "Something is not as it must be. What it is stands beside its field.";

class Page {
  constructor(names) {
    this.names = names;
    this.turn = Promise.resolve();
    this.controls = new Controls(part("controls"), {
      preset: (preset) => this.begin(preset),
      show: (stage) => this.inTurn(() => this.walk.show(stage)),
      repeat: (times) => this.inTurn(() => this.repeat(times)),
      restart: () => this.inTurn(async () => this.walk.restart()),
      rate: (value) => this.inTurn(() => this.walk.changeRate(value)),
      scale: (factor) => this.inTurn(() => this.walk.changeRate(this.walk.learningRate * factor)),
      row: (row) => this.inTurn(async () => (this.row = row)),
    });
    addEventListener("resize", () => this.draw());
    this.begin(PRESETS[0]);
  }

  begin(preset) {
    this.inTurn(async () => {
      this.walk = new Walk(preset);
      this.row = preset.row ?? 0;
      this.edge = edgesOf(preset.layers)[0];
      fill(this.controls.lesson, preset.lesson);
      this.showFields();
    });
  }

  /** One after another, however fast buttons are pressed: each begins where the last one ended. */
  inTurn(work) {
    this.turn = this.turn.then(work).then(
      () => this.render(),
      (problem) => this.refuse(problem),
    );
  }

  async repeat(times) {
    for (let step = 0; step < times && !this.walk.isLost(); step += 1) await this.walk.show(DESCENT);
  }

  change(edited) {
    this.inTurn(async () => {
      const before = sizesOf(this.walk.problem).join();
      const rows = this.walk.problem.inputs.length;
      this.walk.edit(edited);
      const { problem, layers } = this.walk;
      this.row = Math.min(this.row, problem.inputs.length - 1);
      this.edge = edgesOf(layers).find((edge) => isSame(edge, this.edge)) ?? edgesOf(layers)[0];
      if (sizesOf(problem).join() !== before || problem.inputs.length !== rows) this.showFields();
      this.render();
      await this.walk.check();
    });
  }

  changeWeight(value) {
    this.change({ layers: withValue(this.walk.layersNow(), this.edge, value) });
  }

  choose(edge) {
    this.edge = edge;
    this.renderEdge();
  }

  showFields() {
    showSetup(part("setup"), this.walk, this.names, (edited) => this.change(edited));
  }

  render() {
    clearFaults();
    fill(part("told"), wordsFor(this.walk).map((sentence) => el("p", {}, sentence)));
    this.controls.update(this.walk, this.row);
    showWeights(part("weights"), this.walk);
    this.renderEdge(true);
  }

  renderEdge(flows = false) {
    showEdge(edgeParts, this.walk, this.edge, this.row, (value) => this.changeWeight(value));
    this.draw(flows);
  }

  /** What depends on the width of the page. */
  draw(flows = false) {
    const { walk, row, edge: chosen } = this;
    drawGraph(part("graph"), { walk, row, chosen, flows, choose: (edge) => this.choose(edge) });
    drawPath(part("path"), walk.costs());
    this.drawValley();
  }

  drawValley() {
    this.survey?.abort();
    this.survey = new AbortController();
    const place = part("valley");
    if (this.walk.stage === START) return fill(place, el("p", { class: "muted" }, "Press Forward, and it is drawn here."));
    return surveyed(this.walk, this.edge, this.survey.signal).then(
      (survey) => drawValley(place, survey),
      (problem) => problem.name !== "AbortError" && fill(place, el("p", { class: "fault" }, problem.message)),
    );
  }

  /** Faults beside their fields; what has none there, or is no fault of a field, above the graph. */
  refuse(problem) {
    if (!(problem instanceof Problem)) reportError(problem);
    const rest = placeFaults(problem.errors ?? []);
    const lines = rest.map(({ pointer, detail }) => `${pointer} ${detail}`);
    const whole = problem.errors?.length ? MEND : problem.status === UNAUTHORIZED ? SIGN_IN : problem.message;
    fill(part("told"), [whole, ...lines].map((text) => el("p", { class: "fault" }, text)));
  }
}

startHeader();
choices().then(
  (names) => {
    part("page").hidden = false;
    new Page(names);
  },
  (problem) => part("content").append(el("p", { class: "fault", role: "alert" }, problem.message)),
);
