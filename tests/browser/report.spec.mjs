// A report that is opened from the disk, without a server.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { PICTURES } from "./page.mjs";

const PROGRAM = process.env.BREAKEVEN || join(import.meta.dirname, "../../target/release/breakeven");
const canWrite = existsSync(PROGRAM) && execFileSync(PROGRAM, ["run", "--help"], { encoding: "utf8" }).includes("--html");

test("a report opens from the disk with its charts, and asks nobody for anything", async ({ page }) => {
  test.skip(!canWrite, "this version of the program writes no HTML report");
  const folder = mkdtempSync(join(tmpdir(), "breakeven-report-"));
  const file = join(folder, "run", "report.html");
  execFileSync(PROGRAM, ["run", "--quiet", "--out", join(folder, "run"), "--html"]);
  const wrong = [];
  page.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
  page.on("pageerror", (error) => wrong.push(error.stack));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || wrong.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await expect(page.locator("svg").first()).toBeVisible();
  expect(await page.locator("svg").count()).toBeGreaterThanOrEqual(3);
  await page.screenshot({ path: join(PICTURES, "report-1440.png"), fullPage: true });
  expect(wrong).toEqual([]);
});
