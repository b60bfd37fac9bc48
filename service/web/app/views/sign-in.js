// A form for the API key, where the service asks for one.

import { el, fill } from "../dom.js";
import { forget, isSignedIn, signIn } from "../session.js";

/** Ask for a key. Once it is good, the page that was wanted is shown. */
export function show(main) {
  const wasRefused = isSignedIn();
  forget();
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
      { class: "panel sign-in", onsubmit: (event) => submit(event, input.value, refuse) },
      el("label", { for: "key" }, "API key"),
      input,
      el(
        "p",
        { id: "key-hint", class: "muted small" },
        "It begins with dsk_. ",
        el("code", {}, "descentd keys create"),
        " makes one. ",
        "It is given for a cookie that no page's script can read, and kept nowhere.",
      ),
      fault,
      el("button", { class: "primary" }, "Sign in"),
    ),
  );
  if (wasRefused) refuse("This key is not known any more.");
}

async function submit(event, key, refuse) {
  event.preventDefault();
  const response = await signIn(key.trim()).catch(() => null);
  if (response?.ok) return; // and the page that was wanted is shown
  const problem = await response?.json().catch(() => null);
  refuse(problem?.errors?.[0]?.detail ?? problem?.detail ?? "The service does not answer.");
}
