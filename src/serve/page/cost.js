// Cost a month by fleet: bars stacked by the lines of the bill, with the interval of the total.

import { bottomAxis, draw, fleetClass, linear, marker, niceEnd, sheet, text } from "./axes.js";
import { dollars, shortDollars, spread } from "./number.js";
import { hover } from "./tip.js";

const BAR = 24;
const ORDER = ["instances", "execute", "idle", "cold-start"];
const NAMES = { instances: "instances by the hour", execute: "serving", "cold-start": "cold starts" };
const SHADES = { instances: 1, execute: 0.85, idle: 0.36, "cold-start": 0.62 };
const OTHER = 0.2;

export const lineName = (line) => NAMES[line] || line.replaceAll("-", " ");

/** The lines of a fleet's bill, in dollars a month. */
export function monthly(fleet) {
  const total = fleet.cost.total_usd.mean;
  const scale = total ? fleet.cost.per_month_usd.mean / total : 0;
  const lines = fleet.cost.lines.map(({ line, usd }) => ({ line, usd: (usd.mean || 0) * scale }));
  return lines.sort((one, other) => placeOf(one.line) - placeOf(other.line));
}

const placeOf = (line) => (ORDER.includes(line) ? ORDER.indexOf(line) : ORDER.length);

/** The lines of all bills with the shades that they are drawn in. */
export function shades(fleets) {
  const used = fleets.flatMap((fleet) => monthly(fleet).filter(({ usd }) => usd > 0).map(({ line }) => line));
  return [...new Set(used)].sort((one, other) => placeOf(one) - placeOf(other)).map((line) => [lineName(line), SHADES[line] ?? OTHER]);
}

export function renderCost(chart, { fleets, winner, pinned, end }) {
  const tall = Math.min(88, Math.max(70, 264 / fleets.length));
  const height = fleets.length * tall + 46;
  const says = fleets.map((fleet) => `${fleet.name} ${dollars(fleet.cost.per_month_usd.mean)}`).join(", ");
  const { svg, width } = sheet(chart, height, `Cost a month: ${says}`);
  const [left, right, bottom] = [0, width - 14, fleets.length * tall + 6];
  const x = linear([0, end], [left, right], width < 420 ? 3 : 5);
  const axis = { top: 4, bottom, left, right, format: shortDollars, name: "US dollars a month" };
  bottomAxis(svg, x, axis);
  fleets.forEach((fleet, index) => svg.append(...row(fleet, { index, x, width, winner, pinned, tall })));
  chart.replaceChildren(svg);
}

/** The end of the axis, which moves only when it must. */
export function costEnd(fleets, pinned, before) {
  const all = [...fleets, ...(pinned ? pinned.fleets : [])];
  const most = Math.max(...all.map(({ cost }) => Math.max(cost.per_month_usd.mean, Math.min(cost.per_month_usd.high ?? 0, cost.per_month_usd.mean * 1.3))));
  const end = niceEnd(most * 1.02);
  return before && before >= end && before < end * 1.6 ? before : end;
}

function row(fleet, { index, x, width, winner, pinned, tall }) {
  const top = index * tall + 8;
  const estimate = fleet.cost.per_month_usd;
  const y = top + 20;
  const misses = fleet.meets_slo === false;
  const drawn = [
    marker(index, 6, top + 7),
    text(18, top + 12, fleet.name, fleet.name === winner ? "strong halo" : "ink halo"),
    text(width, top + 12, `${dollars(estimate.mean)} ${spread(estimate)}`, "strong halo", "end"),
  ];
  let from = x(0);
  const group = draw("g", { class: fleetClass(index), opacity: misses ? 0.75 : null });
  for (const { line, usd } of monthly(fleet)) {
    if (!(usd > 0)) continue;
    const to = from + x(usd) - x(0);
    const shade = { x: from, y, width: Math.max(0, to - from), height: BAR, class: "fill bar-edge" };
    group.append(draw("rect", { ...shade, "fill-opacity": SHADES[line] ?? OTHER }));
    const words = `${lineName(line)} ${shortDollars(usd)}`;
    if (to - from > words.length * 6.7) drawn.push(text(from + 1, y + BAR + 16, words, "halo"));
    from = to;
  }
  drawn.push(group, ...interval(estimate, x, y, index));
  const ghost = pinned?.fleets.find(({ name }) => name === fleet.name);
  if (ghost) {
    const to = x(ghost.cost.per_month_usd.mean);
    drawn.push(draw("rect", { x: x(0), y: y - 3, width: to - x(0), height: BAR + 6, class: "ghost" }));
  }
  const all = draw("rect", { x: 0, y: top - 4, width, height: tall - 8, class: "catch" });
  hover(all, () => tipLines(fleet, ghost));
  return [...drawn, all];
}

function interval({ mean, low, high }, x, y, index) {
  if (low === null || high === null) return [];
  const [from, to] = [x(Math.max(0, low)), x(Math.min(high, mean * 1.3))];
  const middle = y + BAR / 2;
  const cap = (at) => draw("line", { x1: at, y1: middle - 5, x2: at, y2: middle + 5, class: "whisker" });
  return [
    draw("rect", { x: from, y: y - 3, width: Math.max(1, to - from), height: BAR + 6, class: `${fleetClass(index)} band` }),
    draw("line", { x1: from, y1: middle, x2: to, y2: middle, class: "whisker" }),
    cap(from),
    cap(to),
  ];
}

function tipLines(fleet, ghost) {
  const estimate = fleet.cost.per_month_usd;
  const lines = monthly(fleet).map(({ line, usd }) => [lineName(line), dollars(usd)]);
  lines.push(["in all", dollars(estimate.mean)]);
  if (estimate.low !== null) lines.push(["95% interval", `${dollars(estimate.low)} to ${dollars(estimate.high)}`]);
  if (ghost) lines.push(["pinned", dollars(ghost.cost.per_month_usd.mean)]);
  return [`${fleet.name}, a month`, ...lines];
}

export function costTable({ fleets }) {
  const used = [...new Set(fleets.flatMap((fleet) => fleet.cost.lines.map(({ line }) => line)))];
  const rows = fleets.map((fleet) => {
    const lines = new Map(monthly(fleet).map(({ line, usd }) => [line, usd]));
    const { mean, low, high } = fleet.cost.per_month_usd;
    const band = low === null ? "–" : `${dollars(low)} to ${dollars(high)}`;
    const meets = fleet.meets_slo === null ? "–" : fleet.meets_slo ? "met" : "missed";
    return [fleet.name, dollars(mean), band, ...used.map((line) => (lines.has(line) ? dollars(lines.get(line)) : "–")), meets];
  });
  return { head: ["fleet", "$/month", "95% interval", ...used.map(lineName), "objective"], rows };
}
