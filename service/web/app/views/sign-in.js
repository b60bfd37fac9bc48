// A form for the API key, where the service asks for one.

import { Problem, send } from "../api.js";
import { el, fill } from "../dom.js";
import { forgetKey, holdsKey, keepKey } from "../key.js";

/** Ask for a key. Once it is good, the page that was wanted is shown. */
export function show(main) {
  const wasRefused = holdsKey();
  const fault = el("p", { id: "key-fault", class: "fault", role: "alert" });
  const input = el("input", {
    id: "key",
    type: "password",
    autocomplete: "current-password",
    required: true,
    spellcheck: "false",
    "aria-describedby": "key-hint key-fault",
  });
  const refuse = (words) => {
    fault.textContent = words;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  fill(
    main,
    el("h1", {}, "Sign in"),
    el(
      "form",
      { class: "panel sign-in", onsubmit: (event) => signIn(event, input.value, refuse) },
      el("label", { for: "key" }, "API key"),
      input,
      el(
        "p",
        { id: "key-hint", class: "muted small" },
        "It begins with dsk_. ",
        el("code", {}, "descentd keys create"),
        " makes one. ",
        "It is kept in this tab alone, until the tab is closed.",
      ),
      fault,
      el("button", { class: "primary" }, "Sign in"),
    ),
  );
  if (wasRefused) refuse("This key is not known any more.");
}

async function signIn(event, key, refuse) {
  event.preventDefault();
  try {
    await send("v1", { headers: { Authorization: `Bearer ${key.trim()}` } });
  } catch (error) {
    if (!(error instanceof Problem || error instanceof TypeError)) throw error;
    if (holdsKey()) forgetKey();
    refuse(error instanceof Problem ? error.message : "A key is letters, digits, - and _.");
    return;
  }
  keepKey(key.trim());
}
