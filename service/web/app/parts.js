// Pieces that several views show.

import { el } from "./dom.js";
import { count, duration, number, words } from "./format.js";

/** The status of a job, by its word and a mark. */
export function badge(status) {
  return el("span", { class: "badge", "data-status": status }, status);
}

/** How far a job is, as a bar and in words. */
export function progress(job) {
  const share = job.progress;
  const bar = el("progress", { max: "1", "aria-label": `Progress of ${nameOf(job)}` });
  bar.value = share;
  return el(
    "div",
    { class: "progress" },
    bar,
    el("span", { class: "small muted number" }, far(job)),
  );
}

/** What a job is called. */
export function nameOf(job) {
  return job.name || job.id;
}

/** The class of a name: one that is only an id is set smaller. */
export function kindOf(job) {
  return job.name ? "" : "id";
}

/** Why a job ended, or how long it will take. */
export function far(job) {
  const epochs = `${number(job.epoch ?? 0)} of ${count(job.epochs, "epoch")}`;
  if (job.estimated_finish) {
    const left = (new Date(job.estimated_finish) - Date.now()) / 1000;
    return left > 0 ? `${epochs}, ${duration(left)} left` : epochs;
  }
  if (job.stop_reason && job.stop_reason !== "epochs" && job.stop_reason !== "cancelled") {
    return `${epochs}, stopped by ${words(job.stop_reason)}`;
  }
  return epochs;
}

/** A panel with its heading. */
export function panel(title, ...children) {
  const heading = el("h2", {}, title);
  return el("section", { class: "panel" }, heading, ...children);
}
