// What the tests drive: `breakeven serve` where the environment variable BREAKEVEN names the program, else the mock.

import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MOCK = join(dirname(fileURLToPath(import.meta.url)), "mock.mjs");
export const program = process.env.BREAKEVEN;
const SECONDS_TO_START = 20;

/** Starts it on a free port; `{ address, stop }`. */
export function startServer() {
  const [command, words] = program ? [program, ["serve", "--port", "0"]] : [process.execPath, [MOCK]];
  const child = spawn(command, words, { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => {
      child.kill();
      reject(new Error(`${command} did not say where it listens: ${said}`));
    }, SECONDS_TO_START * 1000);
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text) => {
      said += text;
      const found = /listening on (http:\/\/[^\s/]+:\d+)/.exec(said);
      if (!found) return;
      clearTimeout(late);
      resolve({ address: found[1], stop: () => child.kill() });
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`${command} ended with ${code}: ${said}`)));
  });
}
