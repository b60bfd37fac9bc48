// Which view the address means. A view is shown in <main>, and left by its signal.

import { Problem } from "./api.js";
import { el, fill } from "./dom.js";
import { onSessionChange } from "./session.js";
import { show as showSignIn } from "./views/sign-in.js";

const ROUTES = [
  [/^jobs$/, () => import("./views/jobs.js")],
  [/^jobs\/([^/]+)$/, () => import("./views/job.js")],
  [/^new$/, () => import("./views/new.js")],
  [/^compare$/, () => import("./views/compare.js")],
  [/^datasets$/, () => import("./views/datasets.js")],
  [/^datasets\/([^/]+)$/, () => import("./views/dataset.js")],
];

let left = new AbortController();

/** Show what the address means, now and whenever it changes. */
export function startRouter(main) {
  const go = (isFirst) => show(main, isFirst);
  addEventListener("hashchange", () => go(false));
  onSessionChange(({ isLost }) => isLost || go(false));
  go(true);
}

async function show(main, isFirst) {
  left.abort();
  left = new AbortController();
  const { signal } = left;
  main.setAttribute("aria-busy", "true");
  try {
    await shown(main, signal);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    if (error.status === 401) showSignIn(main);
    else fill(main, ...sorry(error));
  }
  if (signal.aborted) return;
  main.removeAttribute("aria-busy");
  entitle(main, isFirst);
}

async function shown(main, signal) {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  for (const [pattern, load] of ROUTES) {
    const match = pattern.exec(path || "jobs");
    if (match === null) continue;
    const view = await load();
    if (signal.aborted) return;
    await view.show(main, { signal, id: match[1], query: new URLSearchParams(query) });
    return;
  }
  fill(
    main,
    el("h1", {}, "There is no such page"),
    el("p", {}, el("a", { href: "#/jobs" }, "To the jobs")),
  );
}

// A reader who followed a link goes on at the heading of what it led to.
function entitle(main, isFirst) {
  const heading = main.querySelector("h1");
  document.title = `${heading.textContent} · descentd`;
  if (isFirst) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function sorry(error) {
  if (!(error instanceof Problem)) throw error;
  const heading = error.status === 404 ? "Not found" : "That did not work";
  return [
    el("h1", {}, heading),
    el("p", { class: "notice bad" }, error.message),
    el("p", {}, el("a", { href: "#/jobs" }, "To the jobs")),
  ];
}
