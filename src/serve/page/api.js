// What the server is asked, and how it answers.

/** The server understood, and said no: `problems` as it found them, `text` as a terminal would show it. */
export class Refused extends Error {
  constructor(status, body, retryAfter) {
    super(body.text || body.error || `the server answered ${status}`);
    this.status = status;
    this.problems = body.problems || [];
    this.text = body.text || this.message;
    this.retryAfter = retryAfter;
    /** Of a scenario that is too much to simulate: its requests, and how many may be. */
    this.requests = body.requests;
    this.limit = body.limit;
  }
}

async function post(path, body, signal) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new Refused(response.status, answer, Number(response.headers.get("retry-after")) || 1);
}

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response;
}

export const getJson = async (path) => (await get(path)).json();
export const postJson = async (path, body, signal) => (await post(path, body, signal)).json();

/** What is to be saved: `{ blob, name }`. */
export async function postForFile(path, body, fallbackName) {
  const response = await post(path, body);
  const named = /filename="?([^";]+)"?/.exec(response.headers.get("content-disposition") || "");
  return { blob: await response.blob(), name: named ? named[1] : fallbackName };
}

/** The server's events one by one, as `{ event, data }`. */
export async function* events(path, body, signal) {
  const response = await post(path, body, signal);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    buffered += value.replaceAll("\r", "");
    for (let end = buffered.indexOf("\n\n"); end >= 0; end = buffered.indexOf("\n\n")) {
      const block = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      const event = parseEvent(block);
      if (event) yield event;
    }
  }
}

function parseEvent(block) {
  let event = "message";
  const data = [];
  for (const line of block.split("\n")) {
    if (line.startsWith("event:")) event = line.slice(6).trim();
    else if (line.startsWith("data:")) data.push(line.slice(5).replace(/^ /, ""));
  }
  if (data.length === 0) return event === "done" ? { event, data: null } : null;
  const text = data.join("\n");
  return { event, data: text ? JSON.parse(text) : null };
}
