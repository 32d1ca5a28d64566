// Quantiles of the latency: across, the share of requests in nines; up, the time on a logarithmic scale.

import { bottomAxis, dashOf, draw, fleetClass, leftAxis, line, log, marker, path, sheet, text } from "./axes.js";
import { percent, seconds } from "./number.js";
import { hover, placeIn } from "./tip.js";

const LEAST = 300;
const MOST = 440;
const QUANTILES = [["p50", 0.5], ["p90", 0.9], ["p95", 0.95], ["p99", 0.99], ["p999", 0.999]];
const FIRST = 0.02;
const LAST = 0.9995;

/** Nines: 0.9 is 1, 0.99 is 2. */
const nines = (quantile) => -Math.log10(1 - quantile);

export function renderLatency(chart, { fleets, latency, objective }) {
  const says = fleets.map((fleet) => `${fleet.name} median ${seconds(fleet.latency_s.p50.mean)}, 95% within ${seconds(fleet.latency_s.p95.mean)}`);
  // As tall as the time lines beside it.
  const height = Math.min(MOST, Math.max(LEAST, 106 + 100 * fleets.length));
  const { svg, width } = sheet(chart, height, `Latency: ${says.join("; ")}`);
  const [left, right, top, bottom] = [52, width - 12, 26, height - 44];
  const curves = fleets.map((fleet) => pointsOf(fleet, latency));
  const values = curves.flat().map(([, value]) => value).concat(objective.latency ? [objective.latency] : []);
  if (values.length === 0) return chart.replaceChildren(svg);
  const y = log([Math.min(...values) * 0.8, Math.max(...values) * 1.15], [bottom, top]);
  const x = (quantile) => left + (nines(quantile) / nines(LAST)) * (right - left);
  x.ticks = [...(width < 420 ? [] : [0]), 0.5, 0.9, 0.99, 0.999];
  leftAxis(svg, y, { left, right, top, name: "latency", format: seconds });
  bottomAxis(svg, x, { top, bottom, left, right, format: percent3, name: "share of requests within it" });
  if (objective.latency) svg.append(...objectiveLine(objective, { x, y, left, right, top, bottom }));
  curves.forEach((points, index) => {
    const at = points.map(([quantile, value]) => [x(quantile), y(value)]);
    svg.append(draw("path", { d: path(at), class: `${fleetClass(index)} stroke`, "stroke-width": 2, "stroke-dasharray": dashOf(index) }));
  });
  fleets.forEach((fleet, index) => svg.append(...intervals(fleet, index, { x, y })));
  const all = draw("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "catch" });
  hover(all, (event) => tipLines(fleets, curves, 1 - 10 ** -(((placeIn(svg, event)[0] - left) / (right - left)) * nines(LAST))));
  svg.append(all);
  chart.replaceChildren(svg);
}

const percent3 = (quantile) => percent(quantile, 3);

/** The curve that the server drew, or what the document has of it. */
function pointsOf(fleet, latency) {
  const curve = latency?.find((one) => one.fleet === fleet.name);
  const pairs = curve
    ? curve.quantile.map((quantile, index) => [quantile, curve.seconds[index]])
    : QUANTILES.map(([name, quantile]) => [quantile, fleet.latency_s[name].mean]);
  return pairs.filter(([quantile, value]) => quantile >= FIRST && quantile <= LAST && value > 0);
}

function objectiveLine({ latency, attainment }, { x, y, left, right, top, bottom }) {
  const at = y(latency);
  const drawn = [line(left, at, right, at, "objective"), text(left + 6, at - 6, `objective ${seconds(latency)}`, "ink halo")];
  if (attainment > 0 && attainment < LAST) drawn.push(line(x(attainment), top, x(attainment), bottom, "objective"));
  return drawn;
}

/** Markers at the quantiles of the document, each in its interval. */
function intervals(fleet, index, { x, y }) {
  return QUANTILES.flatMap(([name, quantile]) => {
    const { mean, low, high } = fleet.latency_s[name];
    if (!(mean > 0)) return [];
    const at = x(quantile);
    const drawn = [marker(index, at, y(mean), 4)];
    if (low !== null && high !== null) {
      const [from, to] = [y(Math.min(high, y.high)), y(Math.max(low, y.low))];
      drawn.unshift(draw("rect", { x: at - 5, y: from, width: 10, height: Math.max(1, to - from), class: `${fleetClass(index)} band` }));
    }
    return drawn;
  });
}

function tipLines(fleets, curves, quantile) {
  const pairs = curves.map((points, index) => {
    const at = points.find(([known]) => known >= quantile) || points.at(-1);
    return [fleets[index].name, at ? seconds(at[1]) : "–"];
  });
  return [`${percent(Math.max(0, quantile), 4)} of requests within`, ...pairs];
}

export function latencyTable({ fleets }) {
  const names = ["p50", "p90", "p95", "p99", "p999"];
  const show = ({ mean, low, high }) =>
    low === null ? seconds(mean) : `${seconds(mean)} (${seconds(low)} to ${seconds(high)})`;
  const rows = fleets.map((fleet) => [fleet.name, ...names.map((name) => show(fleet.latency_s[name])), percent(fleet.cold_ratio.mean || 0)]);
  return { head: ["fleet", "p50", "p90", "p95", "p99", "p99.9", "cold starts"], rows };
}
