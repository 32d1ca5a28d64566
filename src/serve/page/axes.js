// Scales, axes and the few shapes that all charts draw with.

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing, with its attributes and children (text or elements). */
export function draw(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export const text = (x, y, words, className = "", anchor = "start") =>
  draw("text", { x, y, class: className || null, "text-anchor": anchor }, words);

export const line = (x1, y1, x2, y2, className) => draw("line", { x1, y1, x2, y2, class: className });

/** A scale is a function from data to pixels with its `ticks`. */
export function linear([low, high], [from, to], wanted = 5) {
  const step = niceStep((high - low) / wanted);
  const scale = (value) => from + ((value - low) / (high - low || 1)) * (to - from);
  scale.ticks = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high * (1 + 1e-9); index += 1) {
    scale.ticks.push(Number((index * step).toPrecision(12)));
  }
  scale.low = low;
  scale.high = high;
  return scale;
}

export function log([low, high], [from, to]) {
  const span = Math.log(high / low) || 1;
  const scale = (value) => from + (Math.log(Math.max(value, low) / low) / span) * (to - from);
  const decades = Math.log10(high / low);
  const steps = decades > 3.5 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5];
  scale.ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    for (const step of steps) {
      const tick = Number((step * 10 ** power).toPrecision(3));
      if (tick >= low * 0.999 && tick <= high * 1.001) scale.ticks.push(tick);
    }
  }
  scale.low = low;
  scale.high = high;
  return scale;
}

/** The data value at a pixel of a logarithmic scale. */
export const invertLog = (scale, from, to, pixel) =>
  scale.low * (scale.high / scale.low) ** ((pixel - from) / (to - from));

function niceStep(rough) {
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const share = rough / power;
  return (share > 5 ? 10 : share > 2 ? 5 : share > 1 ? 2 : 1) * power;
}

/** The end of an axis that keeps its place while figures change a little. */
export function niceEnd(most, wanted = 5) {
  if (!(most > 0)) return 1;
  const step = niceStep(most / wanted);
  return Math.ceil(most / step) * step;
}

/** The horizontal axis at the bottom, with vertical lines behind the data where `grid` says so. */
export function bottomAxis(group, scale, { top, bottom, name, format, grid = true, left, right }) {
  for (const tick of scale.ticks) {
    const x = scale(tick);
    if (grid) group.append(line(x, top, x, bottom, "grid"));
    const anchor = right - x < 16 ? "end" : x - left < 8 && !grid ? "start" : "middle";
    group.append(text(x, bottom + 16, format(tick), "", anchor));
  }
  group.append(line(left, bottom, right, bottom, "axis"));
  if (name) group.append(text((left + right) / 2, bottom + 34, name, "", "middle"));
}

/** The vertical axis at the left: lines behind the data, and its name above it. */
export function leftAxis(group, scale, { left, right, top, name, format }) {
  for (const tick of scale.ticks) {
    const y = scale(tick);
    group.append(line(left, y, right, y, "grid"));
    group.append(text(left - 6, y + 4, format(tick), "", "end"));
  }
  if (name) group.append(text(0, top - 10, name));
}

export const path = (points) =>
  points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** The area between an upper and a lower line. */
export const area = (upper, lower) => `${path(upper)}L${path([...lower].reverse()).slice(1)}Z`;

const DASHES = [null, "9 4", "2.5 3", "11 3 2.5 3"];
export const fleetClass = (index) => `f${index % 7}`;
export const dashOf = (index) => DASHES[index % DASHES.length];

/** A fleet's marker: a shape that differs from its neighbours', in the fleet's colour. */
export function marker(index, x, y, size = 5) {
  const shapes = [
    [[-1, -1], [1, -1], [1, 1], [-1, 1]],
    null,
    [[0, -1.2], [1.15, 0.9], [-1.15, 0.9]],
    [[0, -1.35], [1.35, 0], [0, 1.35], [-1.35, 0]],
    [[0, 1.2], [1.15, -0.9], [-1.15, -0.9]],
  ];
  const shape = shapes[index % shapes.length];
  const className = `${fleetClass(index)} fill`;
  if (!shape) return draw("circle", { cx: x, cy: y, r: size, class: className });
  const points = shape.map(([dx, dy]) => `${x + dx * size * 0.88},${y + dy * size * 0.88}`).join(" ");
  return draw("polygon", { points, class: className });
}

export const markIcon = (index) =>
  draw("svg", { class: "mark", viewBox: "0 0 12 12", "aria-hidden": "true" }, marker(index, 6, 6));

/** A new drawing in `chart`, as wide as it is; it takes the place of the old one when it is whole. */
export function sheet(chart, height, label) {
  const width = Math.max(240, chart.clientWidth);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, height, role: "img", "aria-label": label });
  return { svg, width };
}
