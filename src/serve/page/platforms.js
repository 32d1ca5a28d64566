// A price of the catalogue or a whole platform for a fleet.

import { make, segments } from "./knobs.js";
import { getJson } from "./api.js";

export class Platforms {
  /** `price(path, value)` when a price is chosen, `preset(fleet, preset, gpu)` when a platform is. */
  constructor(calls) {
    this.calls = calls;
    this.entries = [];
    this.presets = [];
    this.kinds = new Map();
  }

  async load() {
    const [catalog, presets] = await Promise.all([getJson("/api/catalog"), getJson("/api/presets")]);
    this.entries = catalog.entries;
    this.presets = presets.presets;
  }

  /** What kind each fleet and pool is, as the document of a run says; true when that is new. */
  learn(fleets) {
    const before = JSON.stringify([...this.kinds]);
    this.kinds.clear();
    for (const fleet of fleets) {
      this.kinds.set(fleet.name, fleet.kind);
      for (const pool of fleet.pools) this.kinds.set(`${fleet.name} pool ${pool.name}`, pool.kind);
    }
    return JSON.stringify([...this.kinds]) !== before;
  }

  /** The kind of what `fleet.NAME.key` or `fleet.NAME.pool.POOL.key` is of. */
  kindOf(path) {
    const [, fleet, pool, name] = segments(path);
    return this.kinds.get(pool === "pool" ? `${fleet} pool ${name}` : fleet);
  }

  /** A choice of prices below the knob of a price. */
  below(knob) {
    if (knob.kind !== "price" || !knob.path.startsWith("fleet.") || segments(knob.path).at(-1) !== "price") return [];
    const kind = this.kindOf(knob.path);
    const fitting = this.entries.filter((entry) => !kind || (entry.kind === "serverless") === (kind === "serverless"));
    if (fitting.length === 0) return [];
    const select = make("select", { className: "source" }, make("option", { value: "", textContent: "A price of the catalogue…" }));
    for (const [provider, entries] of Map.groupBy(fitting, (entry) => entry.provider)) {
      const options = entries.map((entry) => make("option", { value: entry.price, textContent: priceWords(entry) }));
      const group = make("optgroup", { label: provider }, ...options);
      select.append(group);
    }
    return [chooser(select, `Price of ${segments(knob.path).slice(1, -1).join(" ")} from the catalogue`, () => {
      if (select.value) this.calls.price(knob.path, select.value);
      select.value = "";
    })];
  }

  /** A choice of platforms at the end of a fleet's group. */
  atEnd(fleet) {
    const kind = this.kinds.get(fleet);
    const fitting = this.presets.filter((preset) => preset.keys.kind === kind);
    if (fitting.length === 0) return [];
    const select = make("select", { className: "source" }, make("option", { value: "", textContent: "Make it a platform…" }));
    for (const preset of fitting) {
      const of = (gpu) => make("option", { value: `${preset.name} ${gpu}`, textContent: gpu ? `${preset.name}, ${gpu}` : preset.name });
      if (preset.gpus.length > 0) select.append(make("optgroup", { label: preset.name }, ...preset.gpus.map(of)));
      else select.append(of(""));
    }
    return [chooser(select, `Platform of ${fleet}`, () => {
      const [preset, gpu] = select.value.split(" ");
      select.value = "";
      if (preset) this.calls.preset(fleet, preset, gpu);
    })];
  }
}

function chooser(select, label, chosen) {
  select.setAttribute("aria-label", label);
  select.addEventListener("change", chosen);
  return make("div", { className: "knob wide" }, select);
}

function priceWords({ gpu, product, price, region, kind }) {
  const where = region && region !== "global" ? `, ${region}` : "";
  return `${gpu}, ${price} (${product}${where}${kind === "spot" ? ", spot" : ""})`;
}

/**
 * The scenario with one fleet made a platform: what the file writes for it would win over the preset, so its table is
 * written anew. `null` where the file has no such table.
 */
export function withPreset(toml, fleet, preset, gpu) {
  const lines = toml.split("\n");
  const starts = lines.flatMap((line, index) => (/^\s*\[\[fleet\]\]/.test(line) ? [index] : []));
  for (const start of starts) {
    const isNext = (line, index) => index > start && /^\s*\[/.test(line) && !/^\s*\[+fleet\./.test(line);
    const next = lines.findIndex(isNext);
    const end = next < 0 ? lines.length : next;
    const own = lines.slice(start, end);
    const firstTable = own.findIndex((line, index) => index > 0 && /^\s*\[/.test(line));
    const keys = firstTable < 0 ? own : own.slice(0, firstTable);
    const name = keys.map((line) => /^\s*name\s*=\s*["']([^"']*)["']/.exec(line)?.[1]).find(Boolean);
    if (name !== fleet) continue;
    const table = ["[[fleet]]", `name = ${JSON.stringify(fleet)}`, `preset = ${JSON.stringify(preset)}`];
    if (gpu) table.push(`gpu = ${JSON.stringify(gpu)}`);
    return [...lines.slice(0, start), ...table, "", ...lines.slice(end)].join("\n");
  }
  return null;
}
