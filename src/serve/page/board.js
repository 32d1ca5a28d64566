// The four charts with their keys and tables, drawn from what is known.

import { dashOf, draw, fleetClass, marker } from "./axes.js";
import { costEnd, costTable, renderCost, shades } from "./cost.js";
import { make } from "./knobs.js";
import { latencyTable, renderLatency } from "./latency.js";
import { renderTimeline, timelineTable } from "./timeline.js";
import { hide } from "./tip.js";
import { renderVolume, volumeTable } from "./volume.js";
import { winnerOf } from "./answer.js";

const CHARTS = { cost: [renderCost, costTable], volume: [renderVolume, volumeTable], latency: [renderLatency, latencyTable], timeline: [renderTimeline, timelineTable] };

export class Board {
  constructor() {
    this.parts = new Map();
    for (const name of Object.keys(CHARTS)) this.parts.set(name, prepare(document.getElementById(name)));
    this.end = null;
    let width = window.innerWidth;
    window.addEventListener("resize", () => {
      if (window.innerWidth === width) return;
      width = window.innerWidth;
      if (this.model) this.draw(this.model);
    });
  }

  /** `{ run, curve, timeline, latency, objective, now, startsAt, pinned }` */
  draw(view) {
    this.model = view;
    hide();
    const { fleets } = view.run;
    for (const id of ["charts", "fleets"]) document.getElementById(id).hidden = fleets.length === 0;
    document.getElementById("no-charts").hidden = fleets.length > 0;
    if (fleets.length === 0) return;
    this.end = costEnd(fleets, view.pinned, this.end);
    const model = { ...view, fleets, winner: winnerOf(view.run), end: this.end };
    for (const [name, [render, table]] of Object.entries(CHARTS)) {
      const part = this.parts.get(name);
      render(part.chart, model);
      if (part.details.open) fill(part.table, table(model));
      part.refresh = () => fill(part.table, table(model));
      if (name === "cost") showShades(part.key, fleets);
      else if (name !== "timeline") showKey(part.key, fleets, name);
    }
  }

  stale(which, is) { this.parts.get(which).chart.classList.toggle("stale", is); }
}

function prepare(figure) {
  const key = make("div", { className: "key" });
  key.setAttribute("aria-hidden", "true");
  const chart = make("div", { className: "chart" });
  const table = make("div", { className: "table", tabIndex: 0 });
  table.setAttribute("role", "region");
  table.setAttribute("aria-label", `${figure.querySelector("h3").textContent}, as a table`);
  const details = make("details", {}, make("summary", { textContent: "As a table" }), table);
  const part = { key, chart, table, details, refresh: () => {} };
  details.addEventListener("toggle", () => part.refresh());
  if (figure.id !== "timeline") figure.append(key);
  figure.append(chart, details);
  return part;
}

function showKey(key, fleets, chart) {
  const names = fleets.map(({ name }) => name).join("\n");
  if (key.dataset.names === names) return;
  key.dataset.names = names;
  const sample = (index) => draw("svg", { viewBox: "0 0 26 12" },
    draw("line", { x1: 0, y1: 6, x2: 26, y2: 6, class: `${fleetClass(index)} stroke`, "stroke-width": 2, "stroke-dasharray": chart === "latency" ? dashOf(index) : null }),
    marker(index, 13, 6, 4));
  key.replaceChildren(...fleets.map(({ name }, index) => make("span", {}, sample(index), name)));
  if (chart === "volume") key.append(make("span", { textContent: "dotted: misses" }));
}

function showShades(key, fleets) {
  const all = shades(fleets);
  const names = all.map(([name]) => name).join("\n");
  if (key.dataset.names === names) return;
  key.dataset.names = names;
  const sample = (shade) => draw("svg", { viewBox: "0 0 14 12", class: "square" }, draw("rect", { x: 0, y: 0, width: 14, height: 12, class: "shade", "fill-opacity": shade }));
  key.replaceChildren(...all.map(([name, shade]) => make("span", {}, sample(shade), name)));
}

function fill(box, { head, rows, notes = [] }) {
  const cells = (kind, values) => values.map((value, place) => {
    const cell = make(kind, { textContent: value });
    if (kind === "th") cell.scope = "col";
    else if (place === 0) cell.className = "first";
    return cell;
  });
  const table = make("table", {},
    make("thead", {}, make("tr", {}, ...cells("th", head))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...cells("td", row)))));
  box.replaceChildren(table, ...notes.map((note) => make("p", { textContent: note })));
}
