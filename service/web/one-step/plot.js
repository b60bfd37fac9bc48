// Axes and a scale for the small pictures of this page.

import { svg } from "../app/dom.js";
import { written } from "./numbers.js";

const MARGIN = { left: 58, right: 12, top: 10, bottom: 36 };
const HEIGHT = 230;
const NARROWEST = 240;
const TICKS = 4;

let drawn = 0; // pictures so far: each clips by a name of its own

/**
 * A picture of `width`: x over `xs` [low, high], y over `ys`. Where `isCounted`, x
 * is marked at whole numbers alone. `marks(x, y)` gives what is drawn in it; `label` is for those who do not see it.
 */
export function plot({ width, xs, ys, isLog = false, isCounted = false, xName, label, marks }) {
  const whole = Math.max(width, NARROWEST);
  const frame = { left: MARGIN.left, right: whole - MARGIN.right, top: MARGIN.top, bottom: HEIGHT - MARGIN.bottom };
  const x = scale(xs, [frame.left, frame.right]);
  const y = isLog ? logScale(ys, [frame.bottom, frame.top]) : scale(ys, [frame.bottom, frame.top]);
  drawn += 1;
  const id = `plot-${drawn}`;
  const box = { x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top };
  return svg(
    "svg",
    { viewBox: `0 0 ${whole} ${HEIGHT}`, width: whole, height: HEIGHT, role: "img", "aria-label": label, class: "plot" },
    svg("clipPath", { id }, svg("rect", box)),
    yTicks(isLog ? logTicks(ys) : ticks(ys), y, frame),
    xTicks(isCounted ? ticks(xs).filter(Number.isInteger) : ticks(xs), x, frame),
    svg("text", { x: (frame.left + frame.right) / 2, y: HEIGHT - 3, class: "axis" }, xName),
    svg("g", { "clip-path": `url(#${id})` }, marks(x, y)),
  );
}

/** A line through `points` [[x, y], …] of the picture. */
export function polyline(points, properties) {
  return svg("polyline", { points: points.map((point) => point.join(",")).join(" "), ...properties });
}

/** [low, high] with some air, also where both are the same. */
export function aired([low, high], share = 0.06) {
  const air = high > low ? (high - low) * share : Math.abs(high) * 0.1 || 1;
  return [low - air, high + air];
}

function scale([low, high], [from, to]) {
  return (value) => from + ((value - low) / (high - low)) * (to - from);
}

function logScale([low, high], ends) {
  const inner = scale([Math.log(low), Math.log(high)], ends);
  return (value) => inner(Math.log(value));
}

function ticks([low, high]) {
  const rough = (high - low) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const width = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const first = Math.ceil(low / width);
  const count = Math.floor(high / width) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * width);
}

function logTicks([low, high]) {
  const first = Math.ceil(Math.log10(low));
  const last = Math.floor(Math.log10(high));
  const every = Math.max(1, Math.ceil((last - first) / TICKS));
  const found = [];
  for (let power = first; power <= last; power += every) found.push(10 ** power);
  return found;
}

function yTicks(values, y, { left, right }) {
  return values.map((value) =>
    svg(
      "g",
      { class: "tick" },
      svg("line", { x1: left, x2: right, y1: y(value), y2: y(value) }),
      svg("text", { x: left - 6, y: y(value) + 4, class: "of-y" }, written(value)),
    ),
  );
}

function xTicks(values, x, { bottom }) {
  return values.map((value) => svg("g", { class: "tick" }, svg("text", { x: x(value), y: bottom + 16 }, written(value))));
}
