// Time that passes, until a page is left.

import { isPassing } from "./api.js";

const AWAY_MS = 3000;

/** Resolve after `milliseconds`; reject with AbortError once `signal` says so. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** Call `look` again and again, with the pauses it answers, but not while nobody sees the page. */
export async function keepLooking(look, signal) {
  for (;;) {
    await pause(await lookedThen(look), signal);
    await untilSeen(signal);
  }
}

// A service that is away for a while may come back.
async function lookedThen(look) {
  try {
    return await look();
  } catch (error) {
    if (!isPassing(error)) throw error;
    return AWAY_MS;
  }
}

/** Let what was left behind end in silence. */
export function untilLeft(promise) {
  promise.catch((error) => {
    if (error.name !== "AbortError") throw error;
  });
}

/** `act`, but only once `milliseconds` have passed without another call. */
export function debounced(act, milliseconds) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, milliseconds);
  };
}

/** `act` at the next frame, however often it is asked for until then. */
export function oncePerFrame(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}

function untilSeen(signal) {
  if (!document.hidden) return undefined;
  return new Promise((resolve, reject) => {
    document.addEventListener("visibilitychange", resolve, { once: true, signal });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
