// Numbers as people read them.

const DIGITS = 4;
const TIMES = " · ";

/** `value` with four digits that count, or a word where it is none. */
export function written(value, digits = DIGITS) {
  if (typeof value === "string") return "?"; // typed, and yet to be mended
  if (value === null || !Number.isFinite(value)) return "not finite";
  const rounded = Number(value.toPrecision(digits));
  const size = Math.abs(rounded);
  const isPlain = size === 0 || (size >= 1e-3 && size < 1e5);
  return (isPlain ? String(rounded) : rounded.toExponential()).replaceAll("-", "−").replace("e+", "e");
}

/** The same as a factor or a term: what is negative, in brackets. */
export function bracketed(value) {
  return value < 0 ? `(${written(value)})` : written(value);
}

/** "a · b", with the numbers put in. */
export function product(...factors) {
  return factors.map(bracketed).join(TIMES);
}

/** "a · b + c · d", with the numbers put in. */
export function sumOfProducts(pairs) {
  return pairs.map((pair) => product(...pair)).join(" + ");
}

/** The number that is meant by `text`, or the text itself, for the service to refuse. */
export function read(text) {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? text : value;
}
