// Light, dark, or as the system has it: chosen by a button, kept in this browser.

const KEY = "descentd.theme";
const ORDER = ["system", "light", "dark"];
const system = matchMedia("(prefers-color-scheme: dark)");

/** The theme that is seen now: "light" or "dark". */
export function seenTheme() {
  const { theme } = document.documentElement.dataset;
  return theme ?? (system.matches ? "dark" : "light");
}

/** Call `then` whenever another theme is seen, until `signal` is aborted. */
export function onTheme(then, signal) {
  document.addEventListener("themechange", then, { signal });
  system.addEventListener("change", then, { signal });
}

/** Let `button` go from theme to theme. */
export function startThemeToggle(button) {
  const tell = () => (button.textContent = `Theme: ${chosen()}`);
  button.addEventListener("click", () => {
    choose(ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    tell();
  });
  tell();
}

function chosen() {
  return document.documentElement.dataset.theme ?? "system";
}

function choose(theme) {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Then it holds until the page is left.
  }
  document.dispatchEvent(new Event("themechange"));
}
