// What a job is called, how far it is, and what can be done with it.

import { post, send } from "../api.js";
import { announce } from "../announce.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { ago, count, duration, number } from "../format.js";
import { badge, nameOf, progress } from "../parts.js";
import { isFinal, movesOf } from "../states.js";

const LABELS = { cancel: "Cancel", pause: "Pause", resume: "Resume", retry: "Retry" };

export class JobHead {
  #shown = "";

  constructor(id, signal, changed) {
    this.id = id;
    this.signal = signal;
    this.changed = changed;
    this.title = el("h1");
    this.status = el("span");
    this.far = el("div", { class: "job-far" });
    this.facts = el("p", { class: "muted small" });
    this.error = el("div");
    this.actions = el("div", { class: "row actions", role: "group", "aria-label": "Actions" });
    this.refusal = el("p", { class: "fault", role: "alert" });
    this.element = el(
      "div",
      { class: "job-head" },
      el("div", { class: "row" }, this.title, this.status),
      this.facts,
      this.far,
      this.error,
      this.actions,
      this.refusal,
      curlBox(curl(`v1/jobs/${id}`), "this job").element,
    );
  }

  show(job) {
    this.title.textContent = nameOf(job);
    fill(this.status, badge(job.status));
    fill(this.far, progress(job));
    this.facts.textContent = facts(job).join(" · ");
    fill(this.error, job.error && el("p", { class: "notice bad" }, job.error.message));
    this.#offer(job);
  }

  // Buttons stay as they are while the same things can be done: one of them may have the focus.
  #offer(job) {
    const moves = movesOf(job);
    const shown = `${moves} ${isFinal(job)}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = this.actions.contains(document.activeElement);
    fill(
      this.actions,
      moves.map((move) => button(LABELS[move], () => this.#move(move))),
      link("Again, changed", `#/new?job=${job.id}`),
      link("Compare", `#/compare?jobs=${job.id}`),
      isFinal(job) && button("Delete", () => this.#delete(), "danger"),
    );
    if (hadFocus) this.actions.querySelector("button, a").focus();
  }

  async #move(move) {
    await this.#try(async () => this.changed(await post(`v1/jobs/${this.id}/${move}`)));
  }

  async #delete() {
    if (!confirm("Delete this job, its history and its model? This cannot be undone.")) return;
    await this.#try(async () => {
      await send(`v1/jobs/${this.id}`, { method: "DELETE" });
      announce("The job is deleted.");
      location.hash = "#/jobs";
    });
  }

  async #try(act) {
    this.refusal.textContent = "";
    try {
      await act();
    } catch (error) {
      if (error.name !== "Problem") throw error;
      this.refusal.textContent = error.message;
    }
  }
}

function facts(job) {
  return [
    job.name ? job.id : null,
    `on ${job.dataset ?? "data of its own"}`,
    count(job.parameters, "parameter"),
    job.queue_position ? `place ${job.queue_position} in the queue` : null,
    job.attempt > 1 ? `attempt ${job.attempt}` : null,
    `sent ${ago(job.created_at)}`,
    job.finished_at && job.started_at ? `took ${span(job.started_at, job.finished_at)}` : null,
    job.model_epoch === null ? null : `model of epoch ${number(job.model_epoch)}`,
  ].filter((fact) => fact !== null);
}

function span(from, to) {
  return duration((new Date(to) - new Date(from)) / 1000);
}

function button(label, act, kind = "") {
  return el("button", { type: "button", class: kind, onclick: act }, label);
}

function link(label, href) {
  return el("a", { class: "button", href }, label);
}
