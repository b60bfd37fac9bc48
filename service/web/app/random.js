// Names that are used once.

/** 128 random bits in hex; `crypto.randomUUID` is only lent to pages of https. */
export function randomName() {
  const found = crypto.getRandomValues(new Uint8Array(16));
  return [...found].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
