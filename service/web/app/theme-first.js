// Run before the page is painted, so that it does not flash in the other theme.
try {
  const chosen = localStorage.getItem("descentd.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // Where nothing may be kept, the system's theme it is.
}
