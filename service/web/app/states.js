// What a job's status lets people do: the table of the interface.

export const FINAL = ["succeeded", "failed", "cancelled"];

const MOVES = {
  queued: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  succeeded: [],
  failed: ["retry"],
  cancelled: ["retry"],
};

export function isFinal(job) {
  return FINAL.includes(job.status);
}

/** The moves that may be asked for now. What diverged would only diverge again. */
export function movesOf(job) {
  return job.stop_reason === "diverged" ? [] : MOVES[job.status];
}
