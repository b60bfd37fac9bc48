// The service's own interface, which has all that these pages show.

import { isSignedIn, look, sessionHeaders } from "./session.js";

/** A refusal in the service's words: `status`, and `errors` of single fields. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? body?.title ?? `The service answered ${status}.`);
    this.name = "Problem";
    this.status = status;
    this.errors = body?.errors ?? [];
  }
}

/** Whether asking again later may help. */
export function isPassing(error) {
  return error instanceof Problem && [0, 429, 502, 503, 504].includes(error.status);
}

/** The response to a request below /v1, or a Problem; AbortError once `signal` says so. */
export async function send(path, options = {}) {
  let response = await attempt(path, options);
  // Another tab may have signed in anew meanwhile: the cookie is its, the token not yet
  if (response.status === 403 && isSignedIn()) {
    await look({ anew: true });
    response = await attempt(path, options);
  }
  if (!response.ok) throw new Problem(response.status, await jsonOf(response));
  return response;
}

async function attempt(path, options) {
  const headers = { ...(await sessionHeaders(options.method)), ...options.headers };
  return fetch(path, { ...options, headers }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { detail: "The service does not answer." });
  });
}

/** What a GET of `path` answers, as JSON. */
export async function get(path, signal) {
  return (await send(path, { signal })).json();
}

/** What a POST of `body` answers, as JSON. */
export async function post(path, body, { signal, headers } = {}) {
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const response = await send(path, {
    method: "POST",
    body: sent,
    headers: { ...json, ...headers },
    signal,
  });
  return response.json();
}

let description;

/** The service's description of itself, fetched once. */
export function openapi() {
  description ??= get("openapi.json").catch((error) => {
    description = undefined;
    throw error;
  });
  return description;
}

async function jsonOf(response) {
  return response.json().catch(() => null);
}
