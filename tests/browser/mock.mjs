// A stand-in for `breakeven serve`: the page's files and the contract of its API, the figures from the program's other
// commands. `node mock.mjs` prints the address that it listens on. Its time lines and latency curves are made up.

import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const PROGRAM = process.env.BREAKEVEN_CLI || join(ROOT, "target/release/breakeven");
const PAGE = join(ROOT, "src/serve/page");
const SCENARIOS = ["variable-api", "guide-arithmetic", "h100-modal-runpod", "starter"];
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
const POLICY = "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'";

const run = promisify(execFile);
const breakeven = async (...words) => (await run(PROGRAM, words, { maxBuffer: 64 << 20 })).stdout;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

class Wrong extends Error {
  constructor(text) {
    super(text);
    const part = (pattern) => (pattern.exec(text) || [])[1] ?? "";
    const [, found, expected] = /found (.*?), expected ([^\n]*)/.exec(text) || [null, "", ""];
    this.body = { problems: [{ file: "--set", line: 1, column: 1, found, expected, mend: part(/help: (.*)/) }], text };
  }
}

/** Calls `use` with the words that name the scenario on a command line. */
async function withScenario(request, use) {
  const set = (request.set ?? []).flatMap((one) => ["--set", one]);
  const folder = await mkdtemp(join(tmpdir(), "breakeven-mock-"));
  try {
    const toml = request.scenario ?? (await breakeven("scenarios", "show", request.embedded));
    const file = join(folder, "scenario.toml");
    await writeFile(file, toml);
    try {
      await breakeven("check", file, ...set);
    } catch (error) {
      throw new Wrong(String(error.stderr || error.stdout));
    }
    return await use([file, ...set], folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The resolved scenario as `[path, value]`, one a line that is written. */
function valuesOf(toml) {
  const values = [];
  let prefix = "";
  let fleet = "";
  let section = "";
  for (const line of toml.split("\n")) {
    const header = /^\[+([a-z.]+)\]+$/.exec(line);
    if (header) [section, prefix] = [header[1], header[1] === "slo" ? "slo" : ""];
    const pair = /^([a-z_0-9]+) = (.*)$/.exec(line);
    if (!pair || !section) continue;
    const [, key, value] = pair;
    if (key === "name") {
      const name = JSON.parse(value);
      if (section === "fleet") fleet = name;
      prefix = { traffic: `traffic.${name}`, fleet: `fleet.${name}`, "fleet.pool": `fleet.${fleet}.pool.${name}` }[section];
    } else values.push([`${prefix}.${key}`, value]);
  }
  return values;
}

const KINDS = {
  rate: ["rate", "/s", 0.01, 100, "log"],
  price: ["price", "/h", 0.1, 50, "log"],
  keep_alive: ["duration", "s", 1, 3600, "log"],
  latency: ["duration", "s", 0.1, 600, "log"],
  instances: ["number", "", 1, 100, "log", 1],
  min_instances: ["number", "", 0, 20, "linear", 1],
  attainment: ["share", "", 0.5, 0.9999, "linear", 0.001],
};
const UNITS = { s: 1, min: 60, h: 3600, d: 86400, day: 86400, week: 604800, month: 2592000, ms: 1e-3 };
const THOUSANDS = { k: 1e3, M: 1e6, G: 1e9 };

function knobOf(path, written) {
  const key = path.split(".").at(-1);
  const inline = /^\{.*?(?:mean|peak_over_mean) = ("[^"]*"|[\d.]+)/.exec(written);
  if (key === "service_time" || key === "cold_start") return inline && build(`${path}.mean`, `${key.replace("_", " ")}, mean`, ["duration", "s", 0.01, 600, "log"], inline[1]);
  if (key === "shape" && inline) return build(`${path}.peak_over_mean`, "peak over mean", ["number", "", 1, 2, "linear", 0.01], inline[1]);
  return KINDS[key] && build(path, key.replace("_", " "), KINDS[key], written);
}

function build(path, label, [kind, unit, least, most, scale, step], written) {
  const value = written.replaceAll('"', "");
  const [, money, digits, thousand, per] = /^(\$?)([\d.]+)([kMG]?)(.*)$/.exec(value) || [];
  if (digits === undefined) return null;
  const size = Number(digits) * (THOUSANDS[thousand] ?? 1);
  const inSeconds = per.startsWith("/") ? size / UNITS[per.slice(1)] : size * (UNITS[per] ?? 1);
  const number = unit === "/h" ? inSeconds * 3600 : inSeconds;
  const [table, name, ...rest] = path.split(".");
  const group = table === "slo" ? "objective" : `${table} ${name}`;
  const words = rest[0] === "pool" ? `${rest[1]}: ${label}` : label;
  const shown = money && per !== "/h" ? `$${Number(number.toPrecision(6))}/h` : value;
  return { path, group, label: words, kind, value: shown, number, unit, least, most, scale, step };
}

function weekOf(values) {
  const shape = values.find(([path]) => path.endsWith(".shape"))?.[1] ?? "";
  const of = (name, otherwise) => Number((new RegExp(`${name} = ([\\d.]+)`).exec(shape) || [])[1] ?? otherwise);
  const amplitude = shape.includes("diurnal") ? of("peak_over_mean", 1) - 1 : 0;
  const weekend = of("weekend", 1);
  return Array.from({ length: 168 }, (_, hour) => {
    const day = Math.cos(((hour % 24) - 15) * (Math.PI / 12)) * amplitude + 1;
    return [hour, (hour >= 120 ? weekend : 1) * day * (7 / (5 + 2 * weekend))];
  });
}

async function knobs(request) {
  return withScenario(request, async (scenario, folder) => {
    await breakeven("run", ...scenario, "--replications", "1", "--quiet", "--out", join(folder, "out"));
    const toml = await readFile(join(folder, "out/scenario.toml"), "utf8");
    const values = valuesOf(toml);
    const list = values.map(([path, written]) => knobOf(path, written)).filter(Boolean);
    const name = JSON.parse(/^name = (.*)$/m.exec(toml)[1]);
    return { name, description: "", knobs: list.sort((one, other) => one.group.startsWith("fleet") - other.group.startsWith("fleet")), shape: weekOf(values) };
  });
}

async function explore(request, response) {
  await withScenario(request, async (scenario, folder) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (event, data) => response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    const shape = weekOf([]);
    const look = async (...asked) => {
      const out = join(folder, `out-${asked[1] ?? "all"}`);
      const text = await breakeven("run", ...scenario, ...asked, "--out", out);
      const document = JSON.parse(await readFile(join(out, "summary.json"), "utf8"));
      const answer = text.split("\n\n")[2].replaceAll(/\s+/g, " ").trim();
      const { replications } = document.scenario;
      return { document, answer, replications, timeline: document.fleets.map((fleet) => madeUp(fleet, document, shape)), latency: document.fleets.map(quantiles) };
    };
    send("estimate", await look("--replications", "1"));
    if (response.destroyed) return;
    const last = await look();
    if (last.replications > 1) {
      send("refined", await look("--replications", "2"));
      await pause(60);
      send("refined", last);
    }
    if (response.destroyed) return;
    const document = JSON.parse(await breakeven("curve", ...scenario, "--points", "9", "--replications", "1", "--json", "--quiet", "--out", join(folder, "curve")));
    const leave = document.break_even.find((point) => point.cheaper_below === "serverless");
    const sentence = leave ? `Leave serverless from ${Math.round(leave.requests_per_month.mean / 1e4) / 100}M requests a month on: ${leave.cheaper_above} costs less there.` : "At no volume from 10k to 10M requests a month does another fleet cost less.";
    send("curve", { document, sentence });
    send("done", {});
    response.end();
  });
}

function madeUp(fleet, { scenario, traffic }, shape) {
  const hours = Math.max(1, Math.round(scenario.window_s / 3600));
  const starts = Array.from({ length: hours }, (_, hour) => 86400 + hour * 3600);
  const wave = starts.map((start) => shape[(start / 3600) % 168][1] * (1 + 0.7 * Math.cos((((start / 3600) % 24) - 15) * (Math.PI / 12))));
  const times = (mean) => wave.map((value) => value * (mean ?? 0));
  const held = fleet.instances.mean.mean ?? 0;
  const busy = times(fleet.instances.busy.mean).map((value) => (fleet.kind === "dedicated" ? Math.min(held, value) : value));
  const idle = fleet.kind === "dedicated" ? busy.map((value) => held - value) : times(fleet.instances.idle.mean);
  return { fleet: fleet.name, start_s: starts, arrivals: times(traffic.rate_per_s.mean * 3600), busy, idle, starting: times(fleet.instances.starting.mean), waiting: times(0) };
}

function quantiles(fleet) {
  const known = [["p50", 0.5], ["p90", 0.9], ["p95", 0.95], ["p99", 0.99], ["p999", 0.999]];
  return { fleet: fleet.name, quantile: known.map(([, quantile]) => quantile), seconds: known.map(([name]) => fleet.latency_s[name].mean) };
}

async function resolved(request) {
  return withScenario(request, async (scenario, folder) => {
    await breakeven("run", ...scenario, "--replications", "1", "--quiet", "--out", join(folder, "out"));
    return readFile(join(folder, "out/scenario.toml"), "utf8");
  });
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

async function answer(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  const json = (value) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  const file = (type, name, content) => response.writeHead(200, { "content-type": type, "content-disposition": `attachment; filename="${name}"` }).end(content);
  if (pathname === "/" || pathname.startsWith("/page/")) {
    const name = pathname === "/" ? "index.html" : pathname.slice(6);
    const headers = { "content-type": TYPES[extname(name)], "content-security-policy": POLICY };
    return response.writeHead(200, headers).end(await readFile(join(PAGE, name)));
  }
  if (pathname === "/api/scenarios") return json(SCENARIOS.map((name) => ({ name, description: "" })));
  if (pathname.startsWith("/api/scenarios/")) return response.end(await breakeven("scenarios", "show", pathname.slice(15)));
  if (pathname === "/api/catalog") return json(JSON.parse(await breakeven("catalog", "--json")));
  if (pathname === "/api/presets") return json(JSON.parse(await breakeven("catalog", "--presets", "--json")));
  const body = await bodyOf(request);
  if (pathname === "/api/knobs") return json(await knobs(body));
  if (pathname === "/api/explore") return explore(body, response);
  if (pathname === "/api/resolved") return file("application/toml", "scenario.toml", await resolved(body));
  if (pathname === "/api/report") return file("text/html", "report.html", "<!doctype html><title>A report</title>");
  return response.writeHead(404).end("{}");
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (response.headersSent) return response.destroy();
    const status = error instanceof Wrong ? 422 : 500;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(error.body ?? { text: String(error) }));
  });
}).listen(0, "127.0.0.1", function listening() {
  console.error(`listening on http://127.0.0.1:${this.address().port}`);
});
