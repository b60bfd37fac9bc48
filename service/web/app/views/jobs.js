// All jobs, newest first, as they go on.

import { get } from "../api.js";
import { curl, curlBox } from "../curl.js";
import { el, fill } from "../dom.js";
import { JobRow } from "../job-row.js";
import { isFinal } from "../states.js";
import { keepLooking, untilLeft } from "../waiting.js";

const PAGE = 20;
const MOST = 500;
const SOON_MS = 1500;
const LATER_MS = 5000;
const STATUSES = ["queued", "running", "paused", "succeeded", "failed", "cancelled"];

export async function show(main, { signal, query }) {
  const status = query.get("status") ?? "";
  const list = new JobList(status, signal);
  const delay = await list.look();
  fill(
    main,
    el(
      "div",
      { class: "head" },
      el("h1", {}, "Jobs"),
      el("a", { class: "button primary", href: "#/new" }, "New job"),
    ),
    tools(status, list),
    list.element,
    list.more,
    list.curl.element,
  );
  untilLeft(
    keepLooking(
      afterwards(delay, () => list.look()),
      signal,
    ),
  );
}

function tools(status, list) {
  const choose = (event) => {
    location.hash = event.target.value ? `#/jobs?status=${event.target.value}` : "#/jobs";
  };
  const options = ["", ...STATUSES].map((each) => {
    const option = el("option", { value: each }, each || "any status");
    option.selected = each === status;
    return option;
  });
  return el(
    "div",
    { class: "row tools" },
    el("label", { for: "status" }, "Status"),
    el("select", { id: "status", onchange: choose }, options),
    list.compare,
  );
}

class JobList {
  #rows = new Map();
  #limit = PAGE;

  constructor(status, signal) {
    this.status = status;
    this.signal = signal;
    this.element = el("ul", { class: "jobs", "aria-label": "Jobs" });
    this.compare = el("a", { class: "button", href: "#/compare" }, "Compare");
    this.more = el("button", { type: "button", onclick: () => this.#showMore() }, "More");
    this.curl = curlBox(curl(this.#path()), "the jobs");
  }

  /** Show the list as it is now; answers when to look again. */
  async look() {
    const page = await get(this.#path(), this.signal);
    this.#show(page.data);
    this.more.hidden = !page.has_more || this.#limit >= MOST;
    return page.data.every(isFinal) ? LATER_MS : SOON_MS;
  }

  #path() {
    const status = this.status ? `&status=${this.status}` : "";
    return `v1/jobs?limit=${this.#limit}${status}`;
  }

  async #showMore() {
    const before = this.element.children.length;
    this.#limit = Math.min(this.#limit + 2 * PAGE, MOST);
    this.curl.set(curl(this.#path()));
    await this.look();
    this.element.children[before]?.querySelector("a")?.focus();
  }

  #show(jobs) {
    const rows = new Map();
    for (const job of jobs) {
      const row = this.#rows.get(job.id) ?? new JobRow(job.id, this.signal, () => this.#link());
      row.show(job);
      rows.set(job.id, row);
    }
    this.#rows = rows;
    this.#place([...rows.values()].map((row) => row.element));
    this.#link();
  }

  // Rows that stay are not touched: whoever is in one keeps their place.
  #place(elements) {
    if (elements.length === 0) {
      fill(this.element, el("li", { class: "empty" }, ...emptiness(this.status)));
      return;
    }
    for (const stale of [...this.element.children]) {
      if (!elements.includes(stale)) stale.remove();
    }
    elements.forEach((element, place) => {
      if (this.element.children[place] !== element) {
        this.element.insertBefore(element, this.element.children[place] ?? null);
      }
    });
  }

  #link() {
    const chosen = [...this.#rows.values()].filter((row) => row.isChosen).map((row) => row.id);
    this.compare.href = `#/compare${chosen.length ? `?jobs=${chosen.join(",")}` : ""}`;
    this.compare.textContent = chosen.length ? `Compare ${chosen.length}` : "Compare";
  }
}

function emptiness(status) {
  if (status) return [`No job is ${status}.`];
  return [
    "There is no job yet. ",
    el("a", { href: "#/new?example=iris" }, "Train one on iris"),
    ".",
  ];
}

// The first look was had already.
function afterwards(delay, look) {
  let first = delay;
  return async () => {
    if (first === null) return look();
    const answered = first;
    first = null;
    return answered;
  };
}
