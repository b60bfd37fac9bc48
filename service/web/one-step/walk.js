// A walk down the cost: where it stands, which of the three movements was shown last, and J so far.

import { Problem } from "../app/api.js";
import { slopesOf, step } from "./service.js";

export const START = 0;
export const FORWARD = 1;
export const BACKPROP = 2;
export const DESCENT = 3;

const LOST = "A weight is no finite number any more. Go back to the start, and take a smaller α.";
const SOFTMAX = "softmax";

export class Walk {
  /** A walk that begins with the network, rows and α of a preset. */
  constructor({ problem, layers, learningRate }) {
    this.problem = structuredClone(problem);
    this.learningRate = learningRate;
    this.restart(layers);
  }

  /** Stand at `layers`, with nothing shown yet. */
  restart(layers = this.begun) {
    this.begun = layers;
    this.layers = layers;
    this.stage = START;
    this.shown = null;
    this.slopes = null;
    this.path = [];
  }

  /** Begin anew with other rows, another network or other weights. */
  edit({ problem = this.problem, layers = this.layersNow() }) {
    this.problem = problem;
    this.restart(layers);
  }

  /** The weights as they are now: after a descent, the new ones. */
  layersNow() {
    return this.stage === DESCENT ? this.shown.descent : this.layers;
  }

  /** J at the start and after each step so far. */
  costs() {
    return this.stage === DESCENT ? [...this.path, this.shown.cost_after] : this.path;
  }

  /** Whether a weight stopped being a finite number: from there no step leads on. */
  isLost() {
    return this.layersNow().some(({ weights, biases }) => [...weights.flat(), ...biases].includes(null));
  }

  /** Show a movement; after a descent it is one of the next step. Problem where nothing can be shown. */
  async show(stage) {
    if (this.isLost()) throw new Problem(0, { detail: LOST });
    const { learningRate } = this;
    const layers = this.layersNow();
    const shown = await step(this.problem, layers, learningRate);
    const slopes = stage >= BACKPROP ? await this.#slopes(shown) : null;
    const isNew = this.stage === DESCENT || this.path.length === 0;
    const path = isNew ? [...this.path, shown.cost] : this.path;
    Object.assign(this, { layers, shown, shownRate: learningRate, slopes, stage, path });
  }

  /** Problem with every fault of what was edited. */
  async check() {
    await step(this.problem, this.layersNow(), this.learningRate);
  }

  /** Take the step that is shown again, from the same place, as long as another α makes it. */
  async changeRate(learningRate) {
    this.learningRate = learningRate;
    const shown = await step(this.problem, this.layers, learningRate);
    if (this.stage !== START) Object.assign(this, { shown, shownRate: learningRate });
  }

  /** f′(z) of every layer, row and unit; null for a softmax, whose outputs hang together. */
  #slopes({ forward }) {
    const names = [...this.problem.hidden.map(({ activation }) => activation), this.problem.output];
    return Promise.all(
      names.map((name, layer) => {
        const rows = forward[layer].weighted_inputs;
        return name === SOFTMAX || rows.flat().includes(null) ? null : slopesOf(name, rows);
      }),
    );
  }
}
