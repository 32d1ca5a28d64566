// The answer in words: the verdict, what each fleet costs, and what differs from what is pinned.

import { markIcon } from "./axes.js";
import { make } from "./knobs.js";
import { dollars, percent, short, spread } from "./number.js";
import { changes } from "./variant.js";

/** The cheapest fleet that is good enough, by name; of all where there is no objective. */
export function winnerOf(run) {
  const hasObjective = run.fleets.some(({ meets_slo: meets }) => meets !== null);
  return hasObjective ? run.cheapest_meeting_slo : run.cheapest;
}

/** One word on the question of the page; nothing where it does not arise. */
function verdict(run, first) {
  if (/ the same[.:]/.test(first)) return run.fleets.some(({ kind }) => kind === "serverless") ? "Either way:" : "";
  const winner = run.fleets.find(({ name }) => name === winnerOf(run));
  if (!winner || !run.fleets.some(({ kind }) => kind === "serverless")) return "";
  return { serverless: "Not yet:", dedicated: "Now:", hybrid: "In part, now:" }[winner.kind] || "";
}

/** The server's sentence in two: what it says first, and what it adds. */
function firstClause(answer) {
  const words = answer.replaceAll(/\s+/g, " ").trim();
  const cut = words.indexOf("; ");
  if (cut < 0) return [words, ""];
  const rest = words.slice(cut + 2);
  return [`${words.slice(0, cut)}.`, rest[0].toUpperCase() + rest.slice(1)];
}

/** When to leave serverless, from where the cheapest good fleet changes; empty where the curve does not tell. */
function leaving(curve, run, now) {
  const ranges = (curve?.cheapest ?? []).filter(({ fleet }) => fleet);
  const kinds = new Map(run.fleets.map(({ name, kind }) => [name, kind]));
  const isServerless = ({ fleet }) => kinds.get(fleet) === "serverless";
  const here = ranges.findIndex((range) => range.from_requests_per_month <= now && now <= range.to_requests_per_month);
  if (here < 0 || ranges[here].fleet !== winnerOf(run)) return "";
  if (isServerless(ranges[here])) {
    const next = ranges.slice(here + 1).find((range) => !isServerless(range));
    if (next) return `Leave it from about ${short(next.from_requests_per_month)} requests a month on, for ${next.fleet}.`;
    return `Up to ${short(ranges.at(-1).to_requests_per_month)} requests a month, no volume changes that.`;
  }
  const before = ranges.slice(0, here).findLast(isServerless);
  return before ? `Below about ${short(before.to_requests_per_month)} requests a month, ${before.fleet} is the answer.` : "";
}

/** The server's sentence; while replications are still added, and it only says that they are too few, what the means say. */
function sentence({ run, answer, finished }) {
  const winner = run.fleets.find(({ name }) => name === winnerOf(run));
  if (finished || !winner || !answer.includes("cannot tell")) return answer;
  const meets = winner.meets_slo === null ? "" : " that meets the objective";
  return `${winner.name} is the cheapest fleet${meets}: ${dollars(winner.cost.per_month_usd.mean)} a month, by a first estimate.`;
}

/** `now` in requests a month; `finished` when the server says no more. */
export function showAnswer({ run, answer, finished, curve, curveSentence, now }) {
  const [first, rest] = firstClause(sentence({ run, answer, finished }));
  const word = verdict(run, first);
  const when = word ? leaving(curve, run, now) : "";
  put("verdict", word);
  put("say", word ? first.replace(/: (?=\$)/, ", at ") : first);
  put("when", when);
  put("rest", [word ? "" : curveSentence, rest].filter(Boolean).join(" "));
  put("volume-sentence", curveSentence || "Where two fleets cost the same, and which is the cheapest below and above.");
}

function put(id, words) {
  const element = document.getElementById(id);
  if (element.textContent !== words) element.textContent = words;
}

/** Marker, name, cost and whether it is good enough, of every fleet. */
export function showFleets(list, { run }) {
  const winner = winnerOf(run);
  list.replaceChildren(...run.fleets.map((fleet, index) => {
    const cost = fleet.cost.per_month_usd;
    const name = make("p", { className: "name" }, markIcon(index), make("span", { textContent: fleet.name }));
    const small = make("small", { textContent: ` ${spread(cost)} a month` });
    const figure = make("p", { className: "cost" }, make("span", { textContent: dollars(cost.mean) }), small);
    const { meets_slo: meets } = fleet;
    const words = meets === null ? "" : meets ? "meets the objective" : "misses the objective";
    const standing = make("p", { className: `meets${meets === false ? " missed" : ""}`, textContent: words });
    return make("li", { className: fleet.name === winner ? "best" : "" }, name, figure, standing);
  }));
}

/** What the variant does to the cost of every fleet beside the pinned one. */
export function comparison(pinned, variant, run) {
  const changed = changes(variant, pinned.variant);
  const what = changed === null ? "another scenario" : changed.join(", ") || "no change";
  const fleets = run.fleets.flatMap((fleet) => {
    const before = pinned.run.fleets.find(({ name }) => name === fleet.name);
    return before ? [difference(fleet.name, before.cost.per_month_usd.mean, fleet.cost.per_month_usd.mean)] : [];
  });
  const [was, is] = [winnerOf(pinned.run), winnerOf(run)];
  const best = was === is ? `${is || "no fleet"} stays the answer` : `the answer changes from ${was || "none"} to ${is || "none"}`;
  return `Against the pinned variant (${what}): ${[...fleets, best].join("; ")}.`;
}

function difference(name, before, after) {
  const more = after - before;
  if (Math.abs(more) < 0.005) return `${name} costs the same`;
  const share = before ? ` (${more > 0 ? "+" : "−"}${percent(Math.abs(more) / before)})` : "";
  return `${name} ${dollars(Math.abs(more))} a month ${more > 0 ? "more" : "less"}${share}`;
}
