// What arrives and the instances that serve it, over the counted time of one replication. A panel a fleet.

import { area, draw, fleetClass, leftAxis, linear, marker, niceEnd, sheet, text } from "./axes.js";
import { short } from "./number.js";
import { hover, placeIn } from "./tip.js";

const PANEL = 74;
const GAP = 26;
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAY = 86400;

export function renderTimeline(chart, { fleets, timeline, startsAt }) {
  const lines = fleets.map((fleet) => timeline.find((one) => one.fleet === fleet.name)).filter(Boolean);
  const height = (lines.length + 1) * (PANEL + GAP) + 30;
  const { svg, width } = sheet(chart, height, label(fleets));
  if (lines.length === 0) return chart.replaceChildren(svg);
  const [left, right] = [40, width - 8];
  const [begin, end] = extent(lines[0]);
  const x = linear([begin, end], [left, right]);
  const place = { x, left, right, times: edges(lines[0]) };
  panel(svg, { ...place, top: GAP, title: "arrivals a second", index: null, layers: [["arrivals", rates(lines[0])]] });
  fleets.forEach((fleet, index) => {
    const of = lines.find((one) => one.fleet === fleet.name);
    if (!of) return;
    const top = GAP + (index + 1) * (PANEL + GAP);
    const shades = [["busy", of.busy, 0.9], ["idle", of.idle, 0.3], ["starting", of.starting, 0.6]];
    panel(svg, { ...place, top, title: `${fleet.name}: instances`, index, layers: shades });
  });
  dayAxis(svg, { x, begin, end, bottom: height - 30, startsAt, left, right });
  const all = draw("rect", { x: left, y: 0, width: right - left, height: height - 30, class: "catch" });
  hover(all, (event) => tipLines(lines, begin + ((placeIn(svg, event)[0] - left) / (right - left)) * (end - begin), startsAt));
  svg.append(all);
  chart.replaceChildren(svg);
}

const label = (fleets) =>
  `Instances over time: ${fleets.map(({ name, instances }) => `${name} ${short(instances.mean.mean)} on average, ${short(instances.peak.mean)} at the peak`).join("; ")}`;

function extent({ start_s: starts }) {
  const bin = starts.length > 1 ? starts[1] - starts[0] : 1;
  return [starts[0], starts.at(-1) + bin];
}

function edges(one) {
  return [...one.start_s, extent(one)[1]];
}

/** Arrivals a second in each bin. */
function rates({ start_s: starts, arrivals }) {
  const bin = starts.length > 1 ? starts[1] - starts[0] : 1;
  return arrivals.map((count) => count / bin);
}

/** Layers stacked as steps over the bins. */
function panel(svg, { x, left, right, top, title, index, layers, times }) {
  const bottom = top + PANEL;
  const count = times.length - 1;
  const stacked = Array.from({ length: count }, (_, bin) => layers.reduce((sum, [, values]) => sum + (values[bin] || 0), 0));
  const y = linear([0, niceEnd(stacked.reduce((most, value) => Math.max(most, value), 0), 2)], [bottom, top], 2);
  leftAxis(svg, y, { left, right, top, format: short });
  if (index !== null) svg.append(marker(index, left + 6, top - 10, 4.5));
  svg.append(text(index === null ? left : left + 16, top - 6, title, "ink"));
  let below = Array(count).fill(0);
  const group = draw("g", { class: index === null ? null : fleetClass(index) });
  for (const [name, values, shade] of layers) {
    const above = below.map((base, bin) => base + (values[bin] || 0));
    const steps = (heights) => heights.flatMap((value, bin) => [[x(times[bin]), y(value)], [x(times[bin + 1]), y(value)]]);
    const shape = { d: area(steps(above), steps(below)) };
    if (name === "arrivals") group.append(draw("path", { ...shape, class: "arrivals" }));
    else group.append(draw("path", { ...shape, class: "fill", "fill-opacity": shade }));
    below = above;
  }
  svg.append(group);
}

/** Weekdays where it is a matter of days, hours where it is less. */
function dayAxis(svg, { x, begin, end, bottom, startsAt, left, right }) {
  svg.append(draw("line", { x1: left, y1: bottom, x2: right, y2: bottom, class: "axis" }));
  const days = (end - begin) / DAY;
  const step = days > 21 ? 7 * DAY : days > 1.5 ? DAY : days > 0.2 ? 3 * 3600 : 600;
  const offset = startsAt ? ((startsAt.getTime() / 1000) % DAY + DAY) % DAY : 0;
  for (let time = Math.ceil((begin + offset) / step) * step - offset; time < end; time += step) {
    const at = x(time);
    svg.append(draw("line", { x1: at, y1: bottom, x2: at, y2: bottom + 5, class: "axis" }));
    if (step === DAY && x(time + DAY) > right + 2) continue;
    const words = step === DAY ? weekday(time, startsAt) : step > DAY ? `day ${Math.round(time / DAY)}` : clock(time, startsAt);
    svg.append(step === DAY ? text((at + x(time + DAY)) / 2, bottom + 17, words, "", "middle") : text(at, bottom + 17, words, "", "middle"));
  }
}

const moment = (time, startsAt) => new Date((startsAt ? startsAt.getTime() : 0) + time * 1000);
const weekday = (time, startsAt) => (startsAt ? DAYS[moment(time, startsAt).getUTCDay()] : `day ${Math.round(time / DAY)}`);
const clock = (time, startsAt) => moment(time, startsAt).toISOString().slice(11, 16);

function tipLines(lines, time, startsAt) {
  const starts = lines[0].start_s;
  const bin = Math.max(0, starts.findLastIndex((start) => start <= time));
  const when = `${weekday(starts[bin], startsAt)} ${clock(starts[bin], startsAt)}`;
  const count = (value) => short(value || 0);
  const pairs = lines.map((one) => [one.fleet, `${count(one.busy[bin])} busy, ${count(one.idle[bin])} idle, ${count(one.starting[bin])} starting`]);
  return [when, ["arrivals", `${count(rates(lines[0])[bin])}/s`], ...pairs];
}

export function timelineTable({ fleets }) {
  const show = ({ mean }) => short(mean || 0);
  const rows = fleets.map(({ name, instances, utilization }) => [
    name, show(instances.mean), show(instances.busy), show(instances.idle), show(instances.starting), show(instances.peak),
    utilization.mean === null ? "–" : `${Math.round(utilization.mean * 100)}%`,
  ]);
  return { head: ["fleet", "instances", "busy", "idle", "starting", "peak", "utilisation"], rows };
}
