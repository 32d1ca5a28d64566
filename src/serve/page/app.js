// The page: what is moved becomes a variant, the server simulates it, and what it answers is drawn.

import { showAnswer, showFleets, comparison } from "./answer.js";
import { events, get, getJson, postForFile, postJson, Refused } from "./api.js";
import { Board } from "./board.js";
import { Steps } from "./history.js";
import { Knobs, make, segments } from "./knobs.js";
import { Latest } from "./latest.js";
import { aMonth, perSecond } from "./number.js";
import { Platforms, withPreset } from "./platforms.js";
import { startTheme } from "./theme.js";
import { fromFragment, ofEmbedded, ofText, requestBody, same, toFragment, withValue } from "./variant.js";
import { renderWeek } from "./week.js";

const byId = (id) => document.getElementById(id);
const board = new Board();
const platforms = new Platforms({ price: (path, value) => type(path, value), preset: makePlatform });
const knobs = new Knobs(byId("knobs"), { change: slide, type, extras, heading });
const checker = new Latest(check);
const explorer = new Latest(explore);

/** The last variant that the server took, and the newest that it was asked about. */
let accepted = null;
let draft = null;
let steps = null;
let pinned = null;
let known = { knobs: [], shape: [] };
/** What is on the screen; `finished` when nothing more of it is to come. */
const view = { run: null, answer: "", curve: null, curveSentence: "", finished: true };
const texts = new Map();

// ---- from a change to an accepted variant

function slide(path, value, gesture) {
  propose(withValue(draft, path, value), { path, gesture, atOnce: true });
}

function type(path, value) {
  if (value === knobs.shown(path)) return knobs.clear(path);
  propose(withValue(draft, path, value), { path });
}

/** `atOnce`: simulated while the server still checks it; `record`: a step that can be undone. */
function propose(variant, { path = null, gesture = null, atOnce = false, record = true } = {}) {
  draft = variant;
  byId("page-problem").hidden = true;
  const request = { variant, path, gesture, atOnce, record, asked: performance.now() };
  byId("answer").setAttribute("aria-busy", "true");
  checker.request(request);
  if (atOnce) explorer.request(request);
}

async function check(request, signal, shown) {
  try {
    const answer = await postJson("/api/knobs", requestBody(request.variant), signal);
    shown();
    await accept(request, answer);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    refuse(request, error);
  }
}

async function accept(request, answer) {
  const isNewScenario = !accepted || accepted.embedded !== request.variant.embedded || accepted.scenario !== request.variant.scenario;
  accepted = request.variant;
  known = answer;
  if (!steps) steps = new Steps(accepted);
  else if (request.record) steps.push(accepted, request.gesture);
  if (isNewScenario) Object.assign(view, { curve: null, curveSentence: "", text: await textOf(accepted) });
  knobs.clear();
  showScenario();
  if (!request.atOnce) explorer.request(request);
  history.replaceState(null, "", await toFragment(accepted));
}

/** The last good answer stays; what is wrong is said beside the field that is wrong. */
function refuse(request, error) {
  if (!(error instanceof Refused)) return later(request, "The server does not answer", 2);
  if (error.status === 429) return later(request, "The server is busy", error.retryAfter);
  const [problem] = error.problems;
  const isOfField = problem && request.path && knobs.fail(request.path, problem);
  if (!isOfField) showProblem(error.text);
  if (draft === request.variant) draft = accepted ?? draft;
  byId("answer").removeAttribute("aria-busy");
  if (accepted && !view.finished && request.variant !== accepted) explorer.request({ variant: accepted, asked: performance.now() });
}

function later(request, words, seconds) {
  say(`${words}; trying again`, true);
  setTimeout(() => { if (draft === request.variant) propose(request.variant, request); }, seconds * 1000);
}

function showProblem(text, heading = "The scenario was not changed.", ...buttons) {
  const close = make("button", { type: "button", textContent: "Close" });
  close.addEventListener("click", () => { byId("page-problem").hidden = true; });
  byId("page-problem").replaceChildren(make("b", { textContent: heading }), make("pre", { textContent: text, tabIndex: 0 }), ...buttons, close);
  byId("page-problem").hidden = false;
}

/** More than the server simulates: fewer replications may do. */
function tooLarge({ variant }, { text, requests, limit }) {
  say("too much to simulate", true);
  byId("answer").removeAttribute("aria-busy");
  const written = variant.set.find(([path]) => path === "replications")?.[1] ?? /^\s*replications\s*=\s*(\d+)/m.exec(view.text ?? "")?.[1] ?? 10;
  const fewer = Math.floor((Number(written) * limit) / requests);
  const words = fewer === 1 ? "Simulate 1 replication" : `Simulate ${fewer} replications`;
  const button = fewer >= 1 && make("button", { type: "button", textContent: words });
  if (button) button.addEventListener("click", () => propose(withValue(variant, "replications", String(fewer))));
  showProblem(text, "This is too much to simulate at once.", ...(button ? [button, " "] : []));
}

// ---- from an accepted variant to a picture

async function explore(request, signal, shown) {
  view.finished = false;
  for (const chart of ["cost", "latency", "timeline", "volume"]) board.stale(chart, true);
  byId("when").classList.add("stale");
  try {
    for await (const { event, data } of events("/api/explore", requestBody(request.variant), signal)) {
      if (signal.aborted) return;
      if (event === "estimate" || event === "refined") {
        showRun(request, data);
        if (event === "estimate") measure(request);
        shown();
      } else if (event === "curve") showCurve(data);
      else if (event === "done") break;
      else if (event === "error") throw new Refused(422, data ?? {});
    }
    view.finished = true;
    if (view.replications === 1) say("1 replication");
    redraw();
    byId("answer").removeAttribute("aria-busy");
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) throw error;
    if (error instanceof Refused && error.limit) return tooLarge(request, error);
    if (error instanceof Refused && error.status === 422 && error.problems.length === 0) return say(error.text, true);
    if (request.atOnce && error instanceof Refused && error.status === 422) return;
    refuse(request, error);
  }
}

function showRun(request, { document: run, answer, replications, timeline, latency }) {
  Object.assign(view, { run, answer, replications, timeline, latency, variant: request.variant });
  if (platforms.learn(run.fleets)) knobs.fillSlots();
  for (const chart of ["cost", "latency", "timeline"]) board.stale(chart, false);
  say(replications === 1 ? "estimate from 1 replication" : `${replications} replications`);
  redraw();
}

function showCurve({ document: curve, sentence }) {
  Object.assign(view, { curve, curveSentence: sentence });
  board.stale("volume", false);
  byId("when").classList.remove("stale");
  redraw();
}

function redraw() {
  if (!view.run) return;
  showAnswer({ ...view, now: volumeNow() });
  showFleets(byId("fleets"), view);
  byId("compared").hidden = !pinned;
  if (pinned) byId("compared").textContent = comparison(pinned, view.variant, view.run);
  board.draw({ ...view, objective: objective(), now: volumeNow(), startsAt: startOf(view.text), pinned: pinned && { fleets: pinned.run.fleets } });
}

/** Time from a move to its first estimate on the screen, for whoever measures it. */
function measure({ asked }) {
  requestAnimationFrame(() => performance.measure("input-to-estimate", { start: asked, end: performance.now() }));
}

const SECONDS = { ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 };

function objective() {
  const of = (path) => known.knobs.find((knob) => knob.path === path && typeof knob.number === "number");
  const latency = of("slo.latency");
  return { latency: latency ? latency.number * (SECONDS[latency.unit] ?? 1) : null, attainment: of("slo.attainment")?.number ?? null };
}

const ratePerSecond = () =>
  known.knobs.filter(({ path, kind }) => kind === "rate" && /^traffic\..*rate$/.test(path)).reduce((sum, { number, unit }) => sum + perSecond(number, unit), 0);

const volumeNow = () => aMonth(ratePerSecond() || view.run.traffic.rate_per_s.mean || 0);

/** What the start means on the calendar; a Monday where the scenario does not say. */
function startOf(toml) {
  const [, written] = /^\s*starts\s*=\s*"([^"]+)"/m.exec(toml ?? "") || [null, "2026-01-05T00:00:00"];
  const date = new Date(`${written.replace(" ", "T")}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

function say(words, isBad = false) {
  const status = byId("status");
  if (status.textContent !== words) status.textContent = words;
  status.classList.toggle("bad", isBad);
}

// ---- the controls

function showScenario() {
  byId("scenario-name").textContent = accepted.file ? `${known.name} (${accepted.file})` : known.name;
  byId("description").textContent = known.description ?? "";
  knobs.show(known.knobs, new Map(accepted.set), accepted.embedded ?? accepted.scenario);
  renderWeek(byId("week"), { shape: known.shape, rate: ratePerSecond() });
  const choice = byId("embedded");
  const own = choice.querySelector("option[value='']");
  own.hidden = Boolean(accepted.embedded);
  own.textContent = accepted.file ?? "your own";
  choice.value = accepted.embedded ?? "";
  allow("undo", steps.canUndo);
  allow("redo", steps.canRedo);
  allow("reset", accepted.set.length > 0);
}

/** A button that cannot be used keeps the focus, so that keys still arrive. */
function allow(id, is) {
  byId(id).setAttribute("aria-disabled", String(!is));
}

/** "fleet serverless" is titled "Fleet: serverless", with the fleet's marker. */
function heading(group, { path }) {
  const [, kind, name] = /^(\S+)\s*(.*)$/.exec(group);
  const index = kind === "fleet" ? fleetNames().indexOf(segments(path)[1]) : -1;
  const title = kind[0].toUpperCase() + kind.slice(1);
  return { title: name ? `${title}: ${name}` : title, index: index >= 0 ? index : null };
}

const fleetNames = () => [...new Set(known.knobs.filter(({ path }) => path.startsWith("fleet.")).map(({ path }) => segments(path)[1]))];

function extras(knob, isEnd) {
  if (!isEnd) return platforms.below(knob);
  const [kind, name, pool] = segments(knob.path);
  return kind === "fleet" && pool !== "pool" ? platforms.atEnd(name) : [];
}

async function textOf(variant) {
  if (variant.scenario) return variant.scenario;
  if (!texts.has(variant.embedded)) texts.set(variant.embedded, await (await get(`/api/scenarios/${variant.embedded}`)).text());
  return texts.get(variant.embedded);
}

async function makePlatform(fleet, preset, gpu) {
  const toml = withPreset(await textOf(accepted), fleet, preset, gpu);
  if (!toml) return showProblem(`The scenario has no [[fleet]] table with name = "${fleet}" to write anew.`);
  const set = accepted.set.filter(([path]) => segments(path)[0] !== "fleet" || segments(path)[1] !== fleet);
  propose(ofText(toml, accepted.file ?? `${accepted.embedded}, changed`, set));
}

async function openFile(file) {
  if (file) propose(ofText(await file.text(), file.name));
}

async function save(path, fallback) {
  try {
    const { blob, name } = await postForFile(path, requestBody(accepted), fallback);
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } catch (error) {
    say(error instanceof Refused ? error.text : "The server does not answer", true);
  }
}

function pin() {
  pinned = pinned ? null : view.run && { variant: view.variant, run: view.run };
  byId("pin").setAttribute("aria-pressed", String(Boolean(pinned)));
  byId("pin").textContent = pinned ? "Unpin" : "Pin to compare";
  redraw();
}

async function share() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("the link is copied");
  } catch {
    say("the link is the address of this page");
  }
}

const undo = () => steps?.canUndo && propose(steps.undo(), { record: false });
const redo = () => steps?.canRedo && propose(steps.redo(), { record: false });

function listen() {
  byId("embedded").addEventListener("change", (event) => propose(ofEmbedded(event.target.value)));
  byId("open").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", (event) => {
    openFile(event.target.files[0]);
    event.target.value = "";
  });
  byId("reset").addEventListener("click", () => accepted?.set.length && propose({ ...accepted, set: [] }));
  byId("undo").addEventListener("click", undo);
  byId("redo").addEventListener("click", redo);
  byId("pin").addEventListener("click", pin);
  byId("share").addEventListener("click", share);
  byId("download").addEventListener("click", () => save("/api/resolved", "scenario.toml"));
  byId("report").addEventListener("click", () => save("/api/report", "report.html"));
  window.addEventListener("keydown", shortcuts);
  window.addEventListener("hashchange", async () => {
    const variant = await fromFragment(location.hash).catch(() => null);
    if (variant && !same(variant, accepted)) propose(variant);
  });
  window.addEventListener("resize", () => known.shape && renderWeek(byId("week"), { shape: known.shape, rate: ratePerSecond() }));
  dropping();
}

/** Ctrl+Z and Ctrl+Shift+Z; what is being typed is the field's own to undo. */
function shortcuts(event) {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z" || !steps) return;
  const field = event.target.closest?.(".knob input[type=text]");
  if (field && field.value !== knobs.shown(field.closest(".knob").dataset.path)) return;
  event.preventDefault();
  if (event.shiftKey) redo();
  else undo();
}

function dropping() {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  window.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    byId("drop").hidden = false;
  });
  window.addEventListener("dragleave", (event) => { if (!event.relatedTarget) byId("drop").hidden = true; });
  window.addEventListener("drop", (event) => {
    byId("drop").hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    openFile(event.dataTransfer.files[0]);
  });
}

async function start() {
  startTheme(byId("theme"));
  listen();
  const [scenarios] = await Promise.all([getJson("/api/scenarios"), platforms.load()]);
  const own = make("option", { value: "", textContent: "your own", hidden: true });
  byId("embedded").replaceChildren(...scenarios.map(({ name, description }) => make("option", { value: name, textContent: name, title: description ?? "" })), own);
  const shared = await fromFragment(location.hash).catch(() => null);
  propose(shared ?? ofEmbedded(scenarios[0].name));
  if (!shared) return;
  // An address that cannot be simulated says why, over the default.
  while (checker.running || checker.waiting) await new Promise((resolve) => setTimeout(resolve, 20));
  if (!accepted) propose(ofEmbedded(scenarios[0].name));
}

start().catch((error) => say(error.message, true));
