// Cost a month over the volume, both logarithmic, with the points where two fleets cost the same and where one is now.

import { area, bottomAxis, draw, fleetClass, invertLog, leftAxis, line, log, marker, path, sheet, text } from "./axes.js";
import { dollars, short, shortDollars } from "./number.js";
import { hover, placeIn } from "./tip.js";

const LEAST = 300;
const MOST = 460;

export function renderVolume(chart, { curve, fleets, now }) {
  if (!curve) return;
  const says = breakEvens(curve).map(([words]) => words).join("; ") || "no two fleets cost the same in this range";
  // As tall as the bars beside it.
  const height = Math.min(MOST, Math.max(LEAST, 46 + 70 * fleets.length));
  const { svg, width } = sheet(chart, height, `Cost a month by volume: ${says}`);
  const [left, right, top, bottom] = [52, width - 14, 26, height - 44];
  const points = curve.fleets.flatMap((fleet) => fleet.points);
  const volumes = points.map((point) => point.requests_per_month);
  const costs = points.map((point) => point.cost_per_month_usd.mean).filter((cost) => cost > 0);
  const x = log([Math.min(...volumes, now || Infinity), Math.max(...volumes, now || 0)], [left, right]);
  const y = log([Math.min(...costs) * 0.85, Math.max(...costs) * 1.15], [bottom, top]);
  leftAxis(svg, y, { left, right, top, name: "US dollars a month", format: shortDollars });
  bottomAxis(svg, x, { top, bottom, left, right, format: short, name: "requests a month" });
  if (now) svg.append(line(x(now), top, x(now), bottom, "now"));
  for (const fleet of curve.fleets) svg.append(...curveOf(fleet, indexOf(fleet, fleets, curve), { x, y }));
  svg.append(...crossings(curve, { x, y, left, right }));
  if (now) svg.append(text(x(now) + (x(now) > right - 70 ? -6 : 6), bottom - 7, `now ${short(now)}`, "now halo", x(now) > right - 70 ? "end" : "start"));
  const all = draw("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "catch" });
  hover(all, (event) => tipLines(curve, invertLog(x, left, right, placeIn(svg, event)[0])));
  svg.append(all);
  chart.replaceChildren(svg);
}

/** A fleet keeps the colour that it has in the other charts. */
function indexOf(fleet, fleets, curve) {
  const index = fleets.findIndex(({ name }) => name === fleet.name);
  return index >= 0 ? index : curve.fleets.indexOf(fleet);
}

function curveOf(fleet, index, { x, y }) {
  const at = (cost) => (point) => [x(point.requests_per_month), y(cost(point))];
  const mean = (point) => point.cost_per_month_usd.mean;
  const points = fleet.points.filter((point) => mean(point) > 0);
  const color = fleetClass(index);
  const drawn = [];
  const banded = points.filter((point) => point.cost_per_month_usd.low !== null);
  if (banded.length > 1) {
    const upper = banded.map(at((point) => point.cost_per_month_usd.high));
    const lower = banded.map(at((point) => Math.max(point.cost_per_month_usd.low, 1e-9)));
    drawn.push(draw("path", { d: area(upper, lower), class: `${color} band` }));
  }
  for (let place = 1; place < points.length; place += 1) {
    const pair = [points[place - 1], points[place]];
    const misses = pair.some((point) => point.meets_slo === false);
    const look = { class: `${color} stroke`, "stroke-width": misses ? 1.6 : 2.4, "stroke-dasharray": misses ? "1.5 4" : null, "stroke-linecap": misses ? "round" : null };
    drawn.push(draw("path", { d: path(pair.map(at(mean))), ...look }));
  }
  drawn.push(...points.map((point) => marker(index, x(point.requests_per_month), y(mean(point)), 3.6)));
  return drawn;
}

/** Each point with its words. */
function breakEvens(curve) {
  return curve.break_even
    .filter((point) => point.requests_per_month?.mean > 0)
    .map((point) => {
      const { mean, low, high } = point.requests_per_month;
      const band = low === null ? "" : ` (${short(low)} to ${short(high)})`;
      return [`from ${short(mean)}${band} requests a month on, ${point.cheaper_above} costs less than ${point.cheaper_below}`, point];
    });
}

function crossings(curve, { x, y, left, right }) {
  const taken = [];
  return breakEvens(curve).flatMap(([, point]) => {
    const { mean, low, high } = point.requests_per_month;
    const [px, py] = [x(mean), y(point.cost_per_month_usd)];
    const drawn = [draw("circle", { cx: px, cy: py, r: 5.5, class: "spot" })];
    if (low !== null) drawn.unshift(line(x(low), py, x(high), py, "whisker"));
    const near = taken.filter((other) => Math.abs(other - px) < 48).length;
    taken.push(px);
    // A third in one place is left to the table.
    if (near > 1) return drawn;
    const up = near === 1;
    const anchor = px > right - 40 ? "end" : px < left + 30 ? "start" : "middle";
    drawn.push(text(px, up ? py - 12 : py + 22, short(mean), "strong halo", anchor));
    return drawn;
  });
}

function tipLines(curve, volume) {
  const nearest = (points) => points.reduce((best, point) =>
    Math.abs(Math.log(point.requests_per_month / volume)) < Math.abs(Math.log(best.requests_per_month / volume)) ? point : best);
  const first = nearest(curve.fleets[0].points);
  const pairs = curve.fleets.map((fleet) => {
    const point = nearest(fleet.points);
    const misses = point.meets_slo === false ? ", misses" : "";
    return [fleet.name, dollars(point.cost_per_month_usd.mean) + misses];
  });
  return [`${short(first.requests_per_month)} requests a month`, ...pairs];
}

export function volumeTable({ curve }) {
  if (!curve) return { head: ["requests a month"], rows: [] };
  const rows = curve.fleets[0].points.map(({ requests_per_month: volume }, place) => [
    short(volume),
    ...curve.fleets.map(({ points }) => {
      const point = points[place];
      return point ? dollars(point.cost_per_month_usd.mean) + (point.meets_slo === false ? " (misses)" : "") : "–";
    }),
  ]);
  const points = breakEvens(curve).map(([words]) => words);
  return { head: ["requests a month", ...curve.fleets.map(({ name }) => name)], rows, notes: points };
}
