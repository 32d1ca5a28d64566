// The week's shape: the rate of the traffic by hour of the week.

import { area, draw, linear, path, sheet, text } from "./axes.js";
import { short } from "./number.js";
import { hover, placeIn } from "./tip.js";

const HEIGHT = 92;
const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** `shape` has pairs of an hour of the week and a rate relative to the mean `rate`, a second. */
export function renderWeek(chart, { shape, rate }) {
  if (!shape?.length) return chart.replaceChildren();
  const relative = shape.map(([, value]) => value);
  const top = Math.max(...relative);
  const peak = rate ? `, at most ${short(top * rate)} requests a second` : "";
  const { svg, width } = sheet(chart, HEIGHT, `Requests over the week: between ${short(Math.min(...relative))} and ${short(top)} times the mean${peak}`);
  const [left, right, bottom] = [0, width - 1, HEIGHT - 18];
  const x = linear([0, 168], [left, right]);
  const y = linear([0, Math.max(2, top)], [bottom, 16]);
  const points = shape.map(([hour, value]) => [x(hour), y(value)]);
  points.push([right, points[0][1]]);
  const floor = [[left, bottom], [right, bottom]];
  svg.append(draw("path", { d: area(points, floor), class: "weekarea" }), draw("path", { d: path(points), class: "weekline" }));
  svg.append(draw("line", { x1: left, y1: bottom, x2: right, y2: bottom, class: "axis" }));
  DAYS.forEach((day, index) => svg.append(text(x(index * 24 + 12), HEIGHT - 4, day, "", "middle")));
  if (rate) svg.append(text(right, 10, `peak ${short(top * rate)}/s`, "halo", "end"));
  const all = draw("rect", { x: left, y: 0, width: right - left, height: bottom, class: "catch" });
  hover(all, (event) => {
    const hour = Math.floor((placeIn(svg, event)[0] / right) * 168);
    const value = shape[Math.min(shape.length - 1, Math.max(0, Math.floor((hour / 168) * shape.length)))][1];
    const when = `${DAYS[Math.floor(hour / 24) % 7]} ${String(hour % 24).padStart(2, "0")}:00`;
    return [when, ["of the mean", `${short(value)}×`], ...(rate ? [["requests", `${short(value * rate)}/s`]] : [])];
  });
  svg.append(all);
  chart.replaceChildren(svg);
}
