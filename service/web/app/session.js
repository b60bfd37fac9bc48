// Whether this browser is signed in: by a cookie that no script can read, and by a token that goes
// with each change, which no other site's page can know.

const SAFE = new Set(["GET", "HEAD"]);
const CHANGED = "sessionchange";

let token = null;
let first;

/** Whether this browser is signed in; a service that asks for no keys has nobody sign in. */
export function isSignedIn() {
  return token !== null;
}

/** Call `listener` when this browser has signed in or out, or `isLost`: is not known any more. */
export function onSessionChange(listener) {
  document.addEventListener(CHANGED, (event) => listener(event.detail));
}

/** Ask the service who this is: the first time, or `anew`. */
export function look({ anew = false } = {}) {
  if (anew || first === undefined) first = ask();
  return first;
}

/** What a request by `method` has to show besides its cookie. */
export async function sessionHeaders(method = "GET") {
  if (SAFE.has(method)) return {};
  await look();
  return isSignedIn() ? { "X-CSRF-Token": token } : {};
}

/** Give the key for a cookie; the service's answer, which says whether it did. */
export async function signIn(key) {
  const response = await fetch("v1/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key }),
  });
  if (response.ok) become((await response.clone().json()).csrf_token);
  return response;
}

export async function signOut() {
  await fetch("v1/session", { method: "DELETE", headers: await sessionHeaders("DELETE") });
  become(null);
}

/** Take note that the service does not know this browser any more. */
export function forget() {
  become(null, true);
  first = undefined;
}

async function ask() {
  const response = await fetch("v1/session").catch(() => null);
  token = response?.ok ? (await response.json()).csrf_token : null;
}

function become(found, isLost = false) {
  token = found;
  first = Promise.resolve();
  document.dispatchEvent(new CustomEvent(CHANGED, { detail: { isLost } }));
}
