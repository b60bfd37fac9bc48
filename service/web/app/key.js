// The API key of this tab, where the service asks for one. It is gone when the tab is closed.

const KEY = "descentd.key";

export function holdsKey() {
  return sessionStorage.getItem(KEY) !== null;
}

/** The header that shows the key, if there is one. */
export function keyHeaders() {
  const key = sessionStorage.getItem(KEY);
  return key === null ? {} : { Authorization: `Bearer ${key}` };
}

export function keepKey(key) {
  sessionStorage.setItem(KEY, key);
  document.dispatchEvent(new Event("keychange"));
}

export function forgetKey() {
  sessionStorage.removeItem(KEY);
  document.dispatchEvent(new Event("keychange"));
}
