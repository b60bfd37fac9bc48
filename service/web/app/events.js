// A job as it goes on: by server-sent events, and by asking where no stream can be had.

import { get, isPassing, send } from "./api.js";
import { FINAL } from "./states.js";
import { pause } from "./waiting.js";

const PAUSE_MS = 1000;
const BLANK_LINE = /\r?\n\r?\n/;

/**
 * Events `{ name, data }` of a job after the epoch `last` (null for all), each epoch once and in
 * order, across streams that break off. It ends after the final status.
 */
export async function* follow(jobId, last, signal) {
  for (;;) {
    try {
      for await (const event of within(streamed(jobId, last, signal))) {
        yield event;
        if (event.name === "epoch") last = event.data.epoch;
        if (isLast(event)) return;
      }
    } catch (error) {
      if (!(error instanceof BrokenStream || isPassing(error))) throw error;
      for await (const event of asked(jobId, last, signal)) {
        yield event;
        if (event.name === "epoch") last = event.data.epoch;
        if (isLast(event)) return;
      }
    }
    await pause(PAUSE_MS, signal);
  }
}

// Not by EventSource, which cannot send a key.
async function* streamed(jobId, last, signal) {
  const headers = last === null ? {} : { "Last-Event-ID": String(last) };
  const response = await send(`v1/jobs/${jobId}/events`, { headers, signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(BLANK_LINE);
    rest = blocks.pop();
    yield* blocks.map(parsed).filter((event) => event.data !== null);
  }
}

/** A broken connection is a TypeError to fetch; it is told apart from faults of this program. */
async function* within(events) {
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const step = await iterator.next().catch((error) => {
      if (error instanceof TypeError) throw new BrokenStream();
      throw error;
    });
    if (step.done) return;
    yield step.value;
  }
}

class BrokenStream extends Error {}

async function* asked(jobId, last, signal) {
  for (;;) {
    const after = last === null ? "" : `?after_epoch=${last}`;
    const page = await quietly(get(`v1/jobs/${jobId}/history${after}`, signal));
    if (page === null) return;
    for (const row of page.data) {
      last = row.epoch;
      yield { name: "epoch", data: row };
    }
    if (!page.has_more) break;
  }
  const job = await quietly(get(`v1/jobs/${jobId}`, signal));
  // Rows may have come since they were asked for: the end is believed when all were had.
  if (job !== null && job.epoch === last) yield { name: "status", data: job };
}

async function quietly(promise) {
  return promise.catch((error) => {
    if (isPassing(error)) return null;
    throw error;
  });
}

function parsed(block) {
  const event = { name: "message", data: null };
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith("event:")) event.name = line.slice(6).trim();
    if (line.startsWith("data:")) event.data = JSON.parse(line.slice(5));
  }
  return event;
}

function isLast(event) {
  return event.name === "status" && FINAL.includes(event.data.status);
}
