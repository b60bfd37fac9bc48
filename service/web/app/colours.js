// Colours of the style sheet, for canvases, which know no variables.

const probe = document.createElement("span");

/** The colour that the variable `--name` stands for in the theme that is seen. */
export function colour(name) {
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
