// A history as columns, which grows at its end.

import { get } from "./api.js";

const POINTS = 2000;
const NAMES = [
  "epoch",
  "cost",
  "validation_cost",
  "accuracy",
  "validation_accuracy",
  "gradient_norm",
  "learning_rate",
];

export class Columns {
  constructor() {
    this.lists = Object.fromEntries(NAMES.map((name) => [name, []]));
  }

  /** The last epoch that is held; null without any. */
  get last() {
    return this.lists.epoch.at(-1) ?? null;
  }

  add(row) {
    for (const name of NAMES) this.lists[name].push(row[name]);
  }

  has(name) {
    return this.lists[name].some((value) => value !== null);
  }
}

/** The history of a job so far, thinned where it is long. */
export async function columnsOf(jobId, signal) {
  const columns = new Columns();
  const page = await get(historyPath(jobId), signal);
  for (const name of NAMES) columns.lists[name] = page.columns[name];
  return columns;
}

export function historyPath(jobId) {
  return `v1/jobs/${jobId}/history?points=${POINTS}&layout=columns`;
}
