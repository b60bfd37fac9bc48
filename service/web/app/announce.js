// What a screen reader is told beside what it reads: seldom, and nothing twice.

let last = "";

/** Say `text`, once. */
export function announce(text) {
  if (text === last) return;
  last = text;
  document.querySelector("#announcements").textContent = text;
}
