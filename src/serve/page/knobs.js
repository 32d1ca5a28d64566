// The scenario as sliders and fields. A slider moves a value at once; what is typed goes to the server as it is written.

import { fleetClass, markIcon } from "./axes.js";
import { alsoWritten, NOTCHES, notchOf, numberAt, written } from "./number.js";

/** Groups that are unfolded at first; one where there is little room. */
const openAtFirst = () => (matchMedia("(max-width: 900px)").matches ? 1 : 2);

function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter(Boolean));
  return element;
}

/** The segments of a path of the scenario; a name with a dot is quoted. */
export const segments = (path) => (path.match(/"[^"]*"|[^.]+/g) || []).map((part) => part.replaceAll('"', ""));

export class Knobs {
  /**
   * `change(path, value, gesture)` for a slider, `type(path, value)` for a field or choice; `extras(knob, isEnd)` may
   * give more elements to stand below a knob, or at the end of its group.
   */
  constructor(form, { change, type, extras, heading }) {
    this.form = form;
    this.calls = { change, type, extras, heading };
    this.rows = new Map();
    this.slots = [];
    this.ranges = new Map();
    this.gestures = 0;
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  /** Shows what the server says the values are; controls keep their places and the focus. */
  show(knobs, moved, scenario) {
    if (scenario !== this.scenario) this.ranges.clear();
    this.scenario = scenario;
    const paths = knobs.map((knob) => `${knob.path} ${knob.kind}`).join("\n");
    if (paths !== this.paths) this.build(knobs);
    this.paths = paths;
    for (const knob of knobs) this.update(this.steady(knob), moved);
  }

  /** The server's bounds lie around the value; a slider keeps those that it had, so that it stays where it was moved to. */
  steady(knob) {
    const known = this.ranges.get(knob.path);
    if (known && known.unit === knob.unit && knob.number >= known.least && knob.number <= known.most) return { ...knob, ...known };
    const { unit, least, most, scale, step } = knob;
    this.ranges.set(knob.path, { unit, least, most, scale, step });
    return knob;
  }

  build(knobs) {
    const wasOpen = new Map([...this.form.querySelectorAll("details")].map((group) => [group.dataset.group, group.open]));
    const groups = Map.groupBy(knobs, (knob) => knob.group);
    this.rows.clear();
    this.slots = [];
    this.form.replaceChildren();
    let place = 0;
    for (const [name, members] of groups) {
      const body = make("div", { className: "group-body" });
      const heading = this.calls.heading(name, members[0]);
      const mark = heading.index === null ? null : markIcon(heading.index);
      const group = make("details", { className: "group" }, make("summary", {}, mark, heading.title), body);
      group.dataset.group = name;
      group.open = wasOpen.get(name) ?? place < openAtFirst();
      for (const knob of members) body.append(this.row(knob, heading.title));
      body.append(this.slot(members[0], true));
      this.form.append(group);
      place += 1;
    }
  }

  row(knob, group) {
    const id = `knob-${this.rows.size}`;
    const row = { knob, box: make("div", { className: "knob" }), gesture: null };
    row.box.dataset.path = knob.path;
    const label = make("label", { htmlFor: id, textContent: knob.label });
    row.problem = make("div", { className: "problem", id: `${id}-problem`, hidden: true });
    row.problem.setAttribute("role", "alert");
    if (knob.kind === "choice") {
      row.box.classList.add("choice");
      row.select = make("select", { id }, ...knob.choices.map((choice) => make("option", { value: choice, textContent: choice })));
      row.select.setAttribute("aria-label", `${group}: ${knob.label}`);
      row.select.addEventListener("change", () => this.calls.type(knob.path, row.select.value));
      row.box.append(label, row.select, row.problem);
    } else {
      this.slider(row, id, group);
      row.also = make("span", { className: "also" });
      row.box.append(label, row.also, row.range, row.field, row.problem);
    }
    this.rows.set(knob.path, row);
    return make("div", {}, row.box, this.slot(knob, false));
  }

  /** Room for what else there is to choose. */
  slot(knob, isEnd) {
    const element = make("div", { className: "slot" }, ...this.calls.extras(knob, isEnd));
    this.slots.push({ element, knob, isEnd });
    return element;
  }

  /** Asks again what else there is to choose. */
  fillSlots() {
    for (const { element, knob, isEnd } of this.slots) element.replaceChildren(...this.calls.extras(knob, isEnd));
  }

  slider(row, id, group) {
    const { knob } = row;
    row.range = make("input", { type: "range", id, min: "0", max: String(NOTCHES), step: "1" });
    row.range.setAttribute("aria-label", `${group}: ${knob.label}`);
    row.field = make("input", { type: "text", id: `${id}-typed`, spellcheck: false });
    row.field.setAttribute("aria-label", `${group}: ${knob.label}, typed with its unit`);
    row.field.setAttribute("aria-describedby", `${id}-problem`);
    row.range.addEventListener("input", () => this.moved(row));
    row.range.addEventListener("change", () => { row.settle = performance.now(); });
    row.field.addEventListener("change", () => this.calls.type(row.knob.path, row.field.value.trim()));
    row.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      row.field.value = row.shown;
      this.clear(row.knob.path);
    });
  }

  /** A gesture lasts until the slider has been left alone for a second. */
  moved(row) {
    const now = performance.now();
    if (!row.gesture || (row.settle && now - row.settle > 1000)) row.gesture = `${row.knob.path} ${(this.gestures += 1)}`;
    row.settle = null;
    const number = numberAt(row.knob, Number(row.range.value), row.number);
    row.number = number;
    row.range.value = notchOf(row.knob, number);
    const value = written(row.knob, number);
    row.field.value = value;
    this.describe(row, value, number);
    this.calls.change(row.knob.path, value, row.gesture);
  }

  /** The value of a path as its field shows it. */
  shown(path) { return this.rows.get(path)?.shown; }

  update(knob, moved) {
    const row = this.rows.get(knob.path);
    row.knob = knob;
    row.box.classList.toggle("moved", moved.has(knob.path));
    // As it was typed, where it was: 4M/month and not 4000000/month.
    row.shown = moved.get(knob.path) ?? knob.value;
    if (row.select) {
      row.select.value = knob.value;
      return;
    }
    const dragged = row.settle === null && row.gesture && document.activeElement === row.range;
    if (dragged) return;
    row.number = knob.number;
    row.range.value = notchOf(knob, knob.number);
    const typing = document.activeElement === row.field && row.field.value !== row.shown && row.box.classList.contains("wrong");
    if (!typing) row.field.value = row.shown;
    this.describe(row, row.shown, knob.number);
  }

  describe(row, value, number) {
    row.range.setAttribute("aria-valuetext", value);
    row.also.textContent = alsoWritten(row.knob, number);
  }

  /** Puts a problem beside the field it is of; false where no knob is at that path. */
  fail(path, problem) {
    const row = this.rows.get(path);
    if (!row) return false;
    row.box.classList.add("wrong");
    row.field?.setAttribute("aria-invalid", "true");
    row.problem.hidden = false;
    row.problem.replaceChildren(...problemWords(problem));
    row.box.closest("details").open = true;
    return true;
  }

  clear(path) {
    for (const row of path ? [this.rows.get(path)].filter(Boolean) : this.rows.values()) {
      row.box.classList.remove("wrong");
      row.field?.removeAttribute("aria-invalid");
      row.problem.hidden = true;
    }
  }
}

/** "Found …, expected …. …" */
export function problemWords({ found, expected, mend }) {
  const words = [make("span", { textContent: `Found ${found}, expected ${expected}. ` })];
  if (mend) words.push(make("b", { textContent: `${mend[0].toUpperCase()}${mend.slice(1)}.` }));
  return words;
}

export { fleetClass, make };
