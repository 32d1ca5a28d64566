// A variant: a scenario and what is changed in it. Plain data, never changed in place, so that steps can be undone.
// `{ embedded: "variable-api" | null, scenario: "<TOML>" | null, file: "mine.toml" | null, set: [[path, value], ...] }`

export const ofEmbedded = (embedded) => ({ embedded, scenario: null, file: null, set: [] });
export const ofText = (scenario, file, set = []) => ({ embedded: null, scenario, file, set });

/** The same with `path` at `value`; a path that was set keeps its place. */
export function withValue(variant, path, value) {
  const set = variant.set.filter(([known]) => known !== path);
  return { ...variant, set: [...set, [path, value]] };
}

export const withoutPath = (variant, path) => ({ ...variant, set: variant.set.filter(([known]) => known !== path) });

/** As the server wants it. */
export function requestBody(variant) {
  const set = variant.set.map(([path, value]) => `${path}=${value}`);
  return variant.embedded ? { embedded: variant.embedded, set } : { scenario: variant.scenario, set };
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** What `variant` changes beside `other`, in words; `null` when they are of different scenarios. */
export function changes(variant, other) {
  if (variant.embedded !== other.embedded || variant.scenario !== other.scenario) return null;
  const before = new Map(other.set);
  const after = new Map(variant.set);
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} ${before.get(path) ?? "as written"} → ${after.get(path) ?? "as written"}`);
}

/** For the address: readable for an embedded scenario, packed for a text. */
export async function toFragment(variant) {
  const parts = new URLSearchParams();
  if (variant.embedded) parts.set("scenario", variant.embedded);
  else {
    parts.set("toml", await pack(variant.scenario));
    if (variant.file) parts.set("file", variant.file);
  }
  for (const [path, value] of variant.set) parts.append("set", `${path}=${value}`);
  return `#${parts}`;
}

/** The variant of an address, or `null` when it names none. */
export async function fromFragment(fragment) {
  const parts = new URLSearchParams(fragment.replace(/^#/, ""));
  const set = parts.getAll("set").map(splitSet).filter(Boolean);
  if (parts.has("scenario")) return { ...ofEmbedded(parts.get("scenario")), set };
  if (parts.has("toml")) return ofText(await unpack(parts.get("toml")), parts.get("file"), set);
  return null;
}

function splitSet(written) {
  const equals = written.indexOf("=");
  return equals > 0 ? [written.slice(0, equals), written.slice(equals + 1)] : null;
}

async function pack(text) {
  const bytes = await through(new Blob([text]), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpack(packed) {
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
  return new TextDecoder().decode(await through(new Blob([bytes]), new DecompressionStream("deflate-raw")));
}

async function through(blob, stream) {
  return new Uint8Array(await new Response(blob.stream().pipeThrough(stream)).arrayBuffer());
}
