// One job: its curves as they come, what they say, and what it has learnt.

import { get, isPassing } from "../api.js";
import { announce } from "../announce.js";
import { columnsOf } from "../columns.js";
import { fill } from "../dom.js";
import { follow } from "../events.js";
import { JobCurves } from "../job/curves.js";
import { JobDiagnosis } from "../job/diagnosis.js";
import { JobFiles } from "../job/files.js";
import { JobHead } from "../job/head.js";
import { JobScores } from "../job/scores.js";
import { JobSpec } from "../job/spec.js";
import { JobSurface } from "../job/surface.js";
import { nameOf } from "../parts.js";
import { isFinal } from "../states.js";
import { keepLooking, untilLeft } from "../waiting.js";

const LOOK_MS = 1500;

export async function show(main, { signal, id }) {
  const [job, columns] = await Promise.all([get(`v1/jobs/${id}`, signal), columnsOf(id, signal)]);
  const page = new JobPage(job, columns, signal);
  fill(main, ...page.elements());
  page.show(job);
  if (!isFinal(job)) page.watch();
}

class JobPage {
  #isWatched = false;
  #done = new AbortController();

  constructor(job, columns, signal) {
    this.id = job.id;
    this.status = job.status;
    this.columns = columns;
    this.signal = signal;
    this.head = new JobHead(job.id, signal, (changed) => this.#changed(changed));
    this.curves = new JobCurves(job.id, columns, signal);
    this.parts = [
      this.head,
      new JobDiagnosis(),
      new JobScores(),
      new JobSurface(job.id, signal),
      new JobFiles(job.id),
      new JobSpec(),
    ];
  }

  elements() {
    const [head, ...rest] = this.parts.map((part) => part.element);
    return [head, this.curves.element, ...rest];
  }

  show(job) {
    if (job.status !== this.status) announce(`${nameOf(job)} is ${job.status}.`);
    this.status = job.status;
    for (const part of this.parts) part.show(job);
    this.curves.draw();
    if (isFinal(job)) this.#done.abort();
  }

  /** Follow the job until it is done. */
  watch() {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#done = new AbortController();
    const signal = AbortSignal.any([this.#done.signal, this.signal]);
    untilLeft(this.#follow());
    untilLeft(keepLooking(() => this.#look(), signal));
  }

  async #follow() {
    for await (const { name, data } of follow(this.id, this.columns.last, this.signal)) {
      if (name === "epoch") {
        this.columns.add(data);
        this.curves.draw();
      } else if (data.status !== this.status) {
        await this.#lookNow();
      }
    }
    this.#isWatched = false;
  }

  // Where the service is away just now, the next look will tell.
  async #lookNow() {
    await this.#look().catch((error) => {
      if (!isPassing(error)) throw error;
    });
  }

  // What a stream does not tell: the time that is left, the diagnosis, the scores.
  async #look() {
    this.show(await get(`v1/jobs/${this.id}`, this.signal));
    return LOOK_MS;
  }

  #changed(job) {
    this.show(job);
    if (!isFinal(job)) this.watch();
  }
}
