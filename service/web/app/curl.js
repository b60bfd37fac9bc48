// The same by hand: for whatever is shown, the command that gives it.

import { el } from "./dom.js";
import { isSignedIn } from "./session.js";

const KEY = ' \\\n  --header "Authorization: Bearer $DESCENTD_API_KEY"';

/** The curl command of a request; `path` is relative to this page. */
export function curl(path, { method = "GET", body, output, headers = {} } = {}) {
  const parts = [`curl --silent ${quoted(new URL(path, document.baseURI).href)}`];
  if (method !== "GET" && !(method === "POST" && body)) parts.push(`--request ${method}`);
  for (const [name, value] of Object.entries(headers)) parts.push(`--header '${name}: ${value}'`);
  if (output) parts.push(`--output ${quoted(output)}`);
  if (body !== undefined) {
    parts.push("--header 'Content-Type: application/json'", `--data ${quoted(body)}`);
  }
  const [first, ...rest] = parts;
  const lines = rest.map((part) => ` \\\n  ${part}`).join("");
  return first + (isSignedIn() ? KEY : "") + lines;
}

/** A box, shut at first, that holds `command`; with `set` to put another in its place. */
export function curlBox(command, name) {
  const text = el("pre", { class: "wrap", tabindex: "0", "aria-label": `curl: ${name}` }, command);
  const element = el(
    "details",
    { class: "curl" },
    el("summary", {}, "curl", el("span", { class: "unseen" }, `: ${name}`)),
    text,
    copyButton(text, name),
  );
  return { element, set: (other) => (text.textContent = other) };
}

// Browsers lend the clipboard to pages of this machine and of https only.
function copyButton(text, name) {
  if (!navigator.clipboard) return null;
  const button = el("button", { type: "button", class: "quiet" }, "Copy");
  button.setAttribute("aria-label", `Copy curl: ${name}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent);
    button.textContent = "Copied";
  });
  return button;
}

function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
