// The header that all pages share: which page this is, the theme, the way out.

import { isSignedIn, look, onSessionChange, signOut } from "./session.js";
import { startThemeToggle } from "./theme.js";

/** Wire the header of this page, and its way past the header. */
export function startHeader() {
  startThemeToggle(document.querySelector("[data-theme-toggle]"));
  startSignOut(document.querySelector("[data-sign-out]"));
  startSkip(document.querySelector("[data-skip]"));
  markCurrent();
  addEventListener("hashchange", markCurrent);
}

// Not by the link itself, whose # would be taken for a route.
function startSkip(link) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector("#content").focus();
  });
}

function startSignOut(button) {
  const show = () => (button.hidden = !isSignedIn());
  onSessionChange(show);
  button.addEventListener("click", signOut);
  look().then(show);
}

function markCurrent() {
  const here = new URL(location.href);
  for (const link of document.querySelectorAll("header nav a")) {
    const there = new URL(link.href);
    const isHere = there.pathname === here.pathname && first(there) === first(here);
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function first(url) {
  return url.hash.split(/[/?]/)[1] || (url.pathname.endsWith("/") ? "jobs" : "");
}
