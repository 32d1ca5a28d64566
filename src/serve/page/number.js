// Numbers as people read them, and values as the scenario file writes them.

const SECONDS_A_MONTH = 30 * 24 * 3600;
const dollarsWhole = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", maximumFractionDigits: 0 });
const dollarsExact = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD", minimumFractionDigits: 2 });

export const dollars = (amount) =>
  amount === null || amount === undefined ? "–" : (Math.abs(amount) < 100 ? dollarsExact : dollarsWhole).format(amount);

/** As on the axis of a chart: $15k. */
export const shortDollars = (amount) => `${amount < 0 ? "−" : ""}$${short(Math.abs(amount))}`;

/** 1.44M, 15k, 0.2 */
export function short(number) {
  const size = Math.abs(number);
  for (const [letter, unit] of [["G", 1e9], ["M", 1e6], ["k", 1e3]]) {
    if (size >= unit * 0.9995) return trim(number / unit) + letter;
  }
  return trim(number);
}

const trim = (number) => String(Number(number.toPrecision(3)));

export function seconds(value) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0 s";
  if (value < 0.9995) return `${trim(value * 1000)} ms`;
  if (value < 120) return `${trim(value)} s`;
  if (value < 7200) return `${trim(value / 60)} min`;
  if (value < 48 * 3600) return `${trim(value / 3600)} h`;
  return `${trim(value / 86400)} d`;
}

export const percent = (share, digits = 2) => `${Number((share * 100).toPrecision(digits))}%`;

/** Half the width of an interval as a share of its mean, such as ±0.4%; empty where there is none. */
export function spread(estimate) {
  if (estimate?.low === null || estimate?.low === undefined || !estimate.mean) return "";
  return `±${percent((estimate.high - estimate.low) / 2 / Math.abs(estimate.mean), 1)}`;
}

/** A month's requests of a rate per second. */
export const aMonth = (perSecond) => perSecond * SECONDS_A_MONTH;

const PER = { "/s": 1, "/min": 60, "/h": 3600, "/day": 86400, "/week": 604800, "/month": SECONDS_A_MONTH };

/** A rate's number in a unit, a second. */
export const perSecond = (number, unit) => (number || 0) / (PER[unit] ?? 1);

/** The same value in the unit that it is compared by: a month's requests, an hour's price. */
export function alsoWritten({ kind, unit }, number) {
  if (!number) return "";
  const a = perSecond(number, unit);
  if (kind === "rate") return unit === "/month" ? `= ${short(a)}/s` : `= ${short(aMonth(a))}/month`;
  if (kind === "price" && PER[unit] && unit !== "/h") return `= ${dollarsExact.format(a * PER["/h"])}/h`;
  return "";
}

/** A knob's value at `number`, written as the scenario writes it. */
export function written(knob, number) {
  const digits = knob.kind === "rate" && number >= 1000 ? short(number) : plain(number);
  const unit = knob.unit || "";
  if (knob.kind === "price") return `$${digits}${unit.replace(/^\$/, "")}`;
  return `${digits}${unit}`;
}

/** Without an exponent. */
function plain(number) {
  const text = String(number);
  if (!text.includes("e")) return text;
  return number.toFixed(12).replace(/0+$/, "").replace(/\.$/, "");
}

const isWhole = (knob) => Number.isInteger(knob.step) && knob.step >= 1 && Number.isInteger(knob.least);
const isLog = (knob) => knob.scale === "log" && knob.least > 0;

/** The notches of a slider: a value's place among them, and back. */
export const NOTCHES = 240;

export function notchOf(knob, number) {
  if (number === null || number === undefined) return NOTCHES;
  const { least, most } = knob;
  const share = isLog(knob)
    ? Math.log(Math.max(number, least) / least) / Math.log(most / least)
    : (number - least) / (most - least);
  return Math.round(Math.min(1, Math.max(0, share)) * NOTCHES);
}

/** The value at a notch; coming from `before`, a whole number moves by one at least. */
export function numberAt(knob, notch, before) {
  const share = notch / NOTCHES;
  const { least, most } = knob;
  if (notch <= 0) return least;
  if (notch >= NOTCHES) return most;
  const raw = isLog(knob) ? least * (most / least) ** share : least + (most - least) * share;
  if (!isWhole(knob)) return isLog(knob) ? Number(raw.toPrecision(3)) : onStep(knob, raw);
  const whole = least + Math.round((raw - least) / knob.step) * knob.step;
  const from = notchOf(knob, before);
  if (whole === before && notch !== from) return before + Math.sign(notch - from) * knob.step;
  return whole;
}

function onStep({ least, step }, raw) {
  if (!step) return Number(raw.toPrecision(3));
  return Number((least + Math.round((raw - least) / step) * step).toPrecision(10));
}
