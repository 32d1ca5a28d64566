"use strict";
// Charts that answer: values under the pointer and by arrow keys, fleets that can be hidden, a vertical axis on another scale.
// The drawing itself is left as it is; what changes is drawn over it, in the chart's own units, from the data beside it.
(() => {
  const INK = "#22262e", SOFT = "#626975", GRID = "#e4e7eb", AXIS = "#969ca6";

  const html = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };

  const shape = (parent, name, attributes) => {
    const element = document.createElementNS(parent.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    parent.append(element);
    return element;
  };

  /** The position of a value; one outside the scale is moved to its end. */
  const at = ({ log, values: [low, high], positions: [from, to] }, value) => {
    const measure = (number) => (log ? Math.log(Math.max(number, Number.MIN_VALUE)) : number);
    const part = (measure(value) - measure(low)) / (measure(high) - measure(low));
    return from + Math.min(Math.max(part, 0), 1) * (to - from);
  };

  const path = (points) => points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");

  class Chart {
    constructor(figure, data) {
      this.figure = figure;
      this.data = data;
      this.svg = figure.querySelector("svg");
      const layer = shape(this.svg, "g", { transform: `scale(${data.fine})`, "pointer-events": "none" });
      this.over = shape(layer, "g", {});
      this.pointed = shape(layer, "g", {});
      this.font = this.svg.querySelector("text")?.getAttribute("font-family") ?? "sans-serif";
      this.width = this.svg.viewBox.baseVal.width / data.fine;
      this.hidden = new Set();
      this.view = 0;
      this.place = null;
      this.tip = html("div", { className: "tip", hidden: true });
      this.said = html("p", { className: "said" });
      this.said.setAttribute("aria-live", "polite");
      figure.append(this.tip, this.said);
      this.controls();
      this.listen();
    }

    text(parent, words, x, y, attributes = {}) {
      const look = { x, y, dy: "0.35em", "font-family": this.font, "font-size": 12, fill: SOFT, ...attributes };
      shape(parent, "text", look).textContent = words;
    }

    // Hiding and scales.

    controls() {
      const drawn = this.data.plots.filter((plot) => plot.views.length > 0);
      const fleets = new Map(drawn.flatMap((plot) => plot.series).map((series) => [series.of, series.color]));
      const bar = html("div", { className: "controls" });
      if (fleets.size > 1) {
        const buttons = [...fleets].map(([fleet, color]) => this.button(fleet, true, (button) => {
          const shown = !this.hidden.delete(fleet);
          if (shown) this.hidden.add(fleet);
          button.setAttribute("aria-pressed", String(!shown));
          this.redraw();
        }, color));
        bar.append(this.group("Lines shown", buttons));
      }
      const views = drawn.find((plot) => plot.views.length > 1)?.views ?? [];
      const scales = views.map((view, index) => this.button(view.scale.log ? "logarithmic" : "linear", index === 0, () => {
        this.view = index;
        scales.forEach((other, place) => other.setAttribute("aria-pressed", String(place === index)));
        this.redraw();
      }));
      if (scales.length > 0) bar.append(this.group("Vertical axis", scales));
      if (bar.childElementCount > 0) this.figure.prepend(bar);
    }

    button(words, pressed, action, color) {
      const button = html("button", { type: "button" }, words);
      if (color) button.prepend(html("i", { style: `background:${color}` }));
      button.setAttribute("aria-pressed", String(pressed));
      button.addEventListener("click", () => action(button));
      return button;
    }

    group(label, buttons) {
      const group = html("div", {}, ...buttons);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      return group;
    }

    redraw() {
      this.over.replaceChildren();
      this.point(null);
      if (this.hidden.size === 0 && this.view === 0) return;
      this.data.plots.filter((plot) => plot.views.length > 0).forEach((plot) => this.plot(plot));
    }

    /** The view of a plot that is shown: some have one only. */
    shown(plot) {
      return plot.views[Math.min(this.view, plot.views.length - 1)];
    }

    plot(plot) {
      const [left, top, right, bottom] = plot.rect;
      const view = this.shown(plot);
      const cover = (x, y, to, until) => shape(this.over, "rect", { x, y, width: to - x, height: until - y, fill: "#fff" });
      cover(2, top - 22, left - 3, bottom + 8);
      cover(left - 3, top - 22, this.width - 2, bottom + 0.5);
      const scale = view.scale.log ? "logarithmic" : "linear";
      const title = plot.title.replace(/, (logarithmic|linear)$/, "") + `, ${scale}`;
      this.text(this.over, title, left, top - 13, { "font-size": 11 });
      for (const [value, label] of view.ticks) {
        const y = at(view.scale, value);
        shape(this.over, "path", { d: path([[left, y], [right, y]]), stroke: GRID });
        this.text(this.over, label, left - 9, y, { "text-anchor": "end" });
      }
      shape(this.over, "path", { d: path([[left, bottom], [right, bottom]]), stroke: AXIS });
      if (plot.limit) {
        const y = at(view.scale, plot.limit[0]);
        shape(this.over, "path", { d: path([[left, y], [right, y]]), stroke: "#000", "stroke-width": 1.3 });
        this.text(this.over, plot.limit[1], right - 6, y - 9, { "text-anchor": "end", fill: INK, "font-size": 11 });
      }
      const series = plot.series.filter((one) => !this.hidden.has(one.of));
      series.forEach((one) => this.band(plot, view, one));
      series.forEach((one) => this.line(plot, view, one));
      if (this.hidden.size > 0) return;
      for (const [x, y] of plot.rings) {
        const middle = { cx: at(plot.x, x), cy: at(view.scale, y) };
        shape(this.over, "circle", { ...middle, r: 5, fill: "none", stroke: INK, "stroke-width": 1.5 });
      }
    }

    /** Corners between points, where a line is a staircase. */
    corners(points, steps) {
      return steps ? points.flatMap((point, index) => (index ? [[point[0], points[index - 1][1]], point] : [point])) : points;
    }

    band(plot, view, series) {
      const ends = series.points.filter(([, , low, high]) => low !== null && high !== null);
      const edge = (place) =>
        this.corners(ends.map((point) => [at(plot.x, point[0]), at(view.scale, point[place])]), series.steps);
      if (ends.length === 0) return;
      const attributes = ends.length === 1 ? { stroke: series.color } : { fill: series.color, "fill-opacity": 0.2 };
      shape(this.over, "path", { d: path([...edge(2), ...edge(3).reverse()]), ...attributes });
    }

    line(plot, view, series) {
      const points = series.points.map(([x, y]) => [at(plot.x, x), at(view.scale, y)]);
      const look = { fill: "none", stroke: series.color, "stroke-width": series.thin ? 1.1 : 2.2 };
      for (let index = 1; index < points.length; index += 1) {
        const solid = series.points[index - 1][4] && (series.points[index][4] || series.steps);
        const dash = series.thin ? "7 4" : solid ? "none" : "2 3.2";
        const piece = this.corners([points[index - 1], points[index]], series.steps);
        if (!series.thin && solid) shape(this.over, "path", { d: path(piece), ...look });
        else shape(this.over, "path", { d: path(piece), ...look, "stroke-dasharray": dash });
      }
      if (series.thin || points.length > 60) return;
      points.forEach(([cx, cy], index) => {
        const fill = series.points[index][4] ? series.color : "#fff";
        shape(this.over, "circle", { cx, cy, r: 3.4, fill, stroke: series.color, "stroke-width": 1.5 });
      });
    }

    // Values.

    listen() {
      const { svg } = this;
      svg.setAttribute("tabindex", "0");
      const follow = (event) => this.point(this.nearest(event), event);
      svg.addEventListener("pointermove", follow);
      svg.addEventListener("pointerdown", follow);
      svg.addEventListener("pointerleave", () => this.point(null));
      svg.addEventListener("blur", () => this.point(null));
      svg.addEventListener("keydown", (event) => this.key(event));
    }

    /** The plot and the stop that an event is nearest to; nothing outside the plots. */
    nearest(event) {
      const box = this.svg.getBoundingClientRect();
      const unit = this.width / box.width;
      const [x, y] = [(event.clientX - box.left) * unit, (event.clientY - box.top) * unit];
      const plot = this.data.plots.findIndex(({ rect }) => y >= rect[1] - 12 && y <= rect[3] + 12);
      if (plot < 0 || this.data.plots[plot].stops.length === 0) return null;
      const away = ([stop]) => Math.abs(at(this.data.plots[plot].x, stop) - x);
      const stops = this.data.plots[plot].stops;
      const stop = stops.reduce((best, other, index) => (away(other) < away(stops[best]) ? index : best), 0);
      return { plot, stop };
    }

    key(event) {
      const { plot, stop } = this.place ?? { plot: 0, stop: -1 };
      const far = event.shiftKey ? 10 : 1;
      const moves = { ArrowRight: [0, far], ArrowLeft: [0, -far], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
      if (event.key === "Escape") return this.point(null);
      if (!(event.key in moves)) return undefined;
      event.preventDefault();
      const within = (value, count) => Math.min(Math.max(value, 0), count - 1);
      const [down, along] = moves[event.key];
      const next = within(plot + down, this.data.plots.length);
      return this.point({ plot: next, stop: within(stop + along, this.data.plots[next].stops.length) });
    }

    /** Tells the values at a place; none: nothing. `event`: where the pointer is, if that is what asks. */
    point(place, event) {
      this.place = place;
      this.pointed.replaceChildren();
      this.tip.hidden = true;
      if (!place) return;
      const plot = this.data.plots[place.plot];
      const [stop, label] = plot.stops[place.stop] ?? [];
      if (stop === undefined) return;
      const [, top, , bottom] = plot.rect;
      const x = at(plot.x, stop);
      shape(this.pointed, "path", { d: path([[x, top], [x, bottom]]), stroke: INK, "stroke-opacity": 0.5 });
      const rows = plot.series.filter((series) => !this.hidden.has(series.of)).flatMap((series) => {
        const point = series.points.find(([value]) => value === stop);
        if (!point) return [];
        if (plot.views.length > 0) {
          const cy = at(this.shown(plot).scale, point[1]);
          shape(this.pointed, "circle", { cx: x, cy, r: 5, fill: series.color, stroke: "#fff", "stroke-width": 1.5 });
        }
        return [[series, point[5]]];
      });
      const told = plot.views.length > 0 ? label : `${plot.title}, ${label}`;
      const lines = rows.map(([series, value]) =>
        html("div", {}, html("i", { style: `background:${series.color}` }), `${series.name} `, html("b", {}, value)));
      this.tip.replaceChildren(html("strong", {}, told), ...lines);
      this.tip.hidden = false;
      this.settle(event, x, (top + bottom) / 2);
      if (!event) this.said.textContent = `${told}: ${rows.map(([series, value]) => `${series.name} ${value}`).join("; ")}`;
    }

    /** Puts the box beside the pointer, or the point, within the figure. */
    settle(event, x, y) {
      const [box, around] = [this.svg.getBoundingClientRect(), this.figure.getBoundingClientRect()];
      const unit = box.width / this.width;
      const [left, top] = event ? [event.clientX, event.clientY] : [box.left + x * unit, box.top + y * unit];
      const { offsetWidth: width, offsetHeight: height } = this.tip;
      const beside = left + 16 + width > around.right - 8 ? left - 16 - width : left + 16;
      const inside = Math.max(8, Math.min(beside - around.left, around.width - width - 8));
      this.tip.style.left = `${inside}px`;
      this.tip.style.top = `${Math.max(8, top - around.top - height / 2)}px`;
    }
  }

  for (const figure of document.querySelectorAll("figure.chart")) {
    const data = figure.querySelector('script[type="application/json"]');
    if (data) new Chart(figure, JSON.parse(data.textContent));
  }
})();
