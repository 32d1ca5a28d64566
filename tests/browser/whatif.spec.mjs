// What a person does with the page.

import { readFile } from "node:fs/promises";
import { expect, test } from "./page.mjs";

const RATE = "traffic.api.rate";

const SMALL = `name = "Dropped"
horizon = "1d"
[slo]
p95 = "10s"
[[traffic]]
name = "api"
rate = "0.5/s"
service_time = "2s"
[[fleet]]
name = "machines"
kind = "dedicated"
instances = 3
price = "$2/h"
[[fleet]]
name = "by the second"
kind = "serverless"
price = "$0.001/s"
cold_start = "5s"
keep_alive = "30s"
`;

const drop = (page, text, name) => page.evaluate(([content, file]) => {
  const data = new DataTransfer();
  data.items.add(new File([content], file, { type: "application/toml" }));
  window.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}, [text, name]);

test("the first sentence answers the question of the page", async ({ what, page }) => {
  await what.open();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("When should I leave serverless?");
  await expect(what.sentence).toHaveText(/^Not yet: serverless is the cheapest fleet that meets the objective, at \$[\d,]+/);
  await expect(page.locator("#fleets li")).toHaveText([/dedicated\s*\$[\d,]+/, /serverless\s*\$[\d,]+/, /hybrid\s*\$[\d,]+/]);
  for (const chart of ["cost", "volume", "latency", "timeline"]) {
    await expect(page.locator(`#${chart} svg[role=img]`)).toHaveAttribute("aria-label", /\w+/);
  }
  await expect(what.status).toHaveText("10 replications");
});

test("intervals narrow while replications are added", async ({ what, page }) => {
  const widths = [];
  await page.exposeFunction("sawInterval", (replications, width) => widths.push([replications, width]));
  await page.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      new MutationObserver(() => {
        const count = Number(/(\d+) replication/.exec(document.getElementById("status").textContent)?.[1]);
        const bands = [...document.querySelectorAll("#cost .band")].map((band) => Number(band.getAttribute("width")));
        window.sawInterval(count, Math.max(0, ...bands));
      }).observe(document.querySelector("#cost"), { childList: true, subtree: true });
    });
  });
  await what.open();
  const first = widths.find(([count]) => count === 2)?.[1];
  const last = widths.findLast(([count]) => count === 10)?.[1];
  expect(widths[0]).toEqual([1, 0]);
  expect(last).toBeLessThan(first);
});

test("more traffic by the keyboard changes the answer", async ({ what, page }) => {
  await what.open();
  const before = await what.sentence.textContent();
  const slider = await what.slider(RATE);
  await slider.focus();
  for (let press = 0; press < 25; press += 1) await slider.press("ArrowRight");
  await expect(what.sentence).not.toHaveText(/^Not yet/);
  expect(await what.sentence.textContent()).not.toBe(before);
  await expect(await what.field(RATE)).not.toHaveValue("1/s");
  await what.answered();
  expect(page.url()).toContain("traffic.api.rate");
});

test("more traffic by the mouse changes the answer, and is one step to undo", async ({ what, page }) => {
  await what.open();
  const slider = await what.slider(RATE);
  const { x, y, width, height } = await slider.boundingBox();
  const share = Number(await slider.inputValue()) / Number(await slider.getAttribute("max"));
  await page.mouse.move(x + 8 + share * (width - 16), y + height / 2);
  await page.mouse.down();
  for (let step = 1; step <= 12; step += 1) {
    await page.mouse.move(x + 8 + (share + step * 0.01) * (width - 16), y + height / 2);
    await page.waitForTimeout(30);
  }
  await page.mouse.up();
  await expect(what.sentence).not.toHaveText(/^Not yet/);
  await expect(page.getByRole("button", { name: "Undo" })).toBeEnabled();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(await what.field(RATE)).toHaveValue("1/s");
  await expect(what.sentence).toHaveText(/^Not yet/);
  await page.keyboard.press("Control+Shift+Z");
  await expect(what.sentence).not.toHaveText(/^Not yet/);
  await page.keyboard.press("Control+z");
  await expect(what.sentence).toHaveText(/^Not yet/);
  await expect(page.getByRole("button", { name: "Undo" })).toBeDisabled();
});

test("a wrong value is answered beside its field, and the last answer stays", async ({ what, page }) => {
  await what.open();
  const before = await what.sentence.textContent();
  await what.type(RATE, "1");
  await expect(what.alert).toHaveText(/Found `1`, expected a rate per s.*Write "1\/s"/);
  await expect(await what.field(RATE)).toHaveAttribute("aria-invalid", "true");
  await expect(what.sentence).toHaveText(before);
  expect(page.url()).not.toContain("rate%3D1&");
  await what.type(RATE, "1.5M/month");
  await expect(what.alert).toHaveCount(0);
  await expect(await what.field(RATE)).toHaveValue("1.5M/month");
  await expect(what.sentence).not.toHaveText(before);
});

test("a scenario is dropped on the page, a wrong one is refused", async ({ what, page }) => {
  await what.open();
  await drop(page, SMALL, "small.toml");
  await expect(page.locator("#scenario-name")).toHaveText("Dropped (small.toml)");
  await expect(page.locator("#fleets li")).toHaveText([/machines/, /by the second/]);
  await what.answered();
  await drop(page, SMALL.replace('rate = "0.5/s"', "rate = 3"), "wrong.toml");
  await expect(page.locator("#page-problem")).toContainText('write "3/s"');
  await expect(page.locator("#scenario-name")).toHaveText("Dropped (small.toml)");
  await page.locator("#page-problem").getByRole("button", { name: "Close" }).click();
  await page.getByLabel("Scenario", { exact: true }).selectOption("variable-api");
  await expect(page.locator("#scenario-name")).toHaveText("Variable API");
});

test("a shared address opens the same variant, of a file too", async ({ what, page, browser }) => {
  await what.open();
  await drop(page, SMALL, "small.toml");
  await expect(page.locator("#scenario-name")).toHaveText("Dropped (small.toml)");
  await what.type(RATE, "0.25/s");
  await expect(page).toHaveURL(/toml=.*rate%3D0\.25/);
  await what.answered();
  const costs = await page.locator("#fleets .cost").allTextContents();
  const other = await browser.newPage();
  await other.goto(page.url());
  await expect(other.locator("#scenario-name")).toHaveText("Dropped (small.toml)");
  await expect(other.locator("#status")).toHaveText("10 replications");
  await expect(other.locator("#fleets .cost")).toHaveText(costs);
  await other.evaluate(() => { location.hash = "#scenario=variable-api&set=traffic.api.rate%3D2%2Fs"; });
  await expect(other.locator("#scenario-name")).toHaveText("Variable API");
  await expect(other.locator(`.knob[data-path="${RATE}"] input[type=text]`)).toHaveValue("2/s");
  await other.close();
});

test("a pinned variant is compared in words and as ghost bars", async ({ what, page }) => {
  await what.open();
  await page.getByRole("button", { name: "Pin to compare" }).click();
  await what.type(RATE, "1.2/s");
  await expect(page.locator("#compared")).toHaveText(/traffic\.api\.rate as written → 1\.2\/s\): dedicated costs the same; serverless \$[\d,]+ a month more \(\+\d+%\)/);
  await expect(page.locator("#cost .ghost")).toHaveCount(3);
  await page.getByRole("button", { name: "Unpin" }).click();
  await expect(page.locator("#compared")).toBeHidden();
});

test("prices and platforms of the catalogue are chosen", async ({ what, page }) => {
  await what.open();
  await what.knob("fleet.dedicated.price");
  const prices = page.getByLabel("Price of dedicated from the catalogue");
  const price = await prices.locator("option").nth(1).getAttribute("value");
  await prices.selectOption(price);
  await expect(await what.knob("fleet.dedicated.price")).toHaveClass(/moved/);
  await what.answered();
  await what.knob("fleet.serverless.keep_alive");
  await page.getByLabel("Platform of serverless").selectOption("runpod-flex H100");
  await expect(page.locator("#scenario-name")).toContainText("changed");
  await what.answered();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Scenario as TOML" }).click()]);
  expect(file.suggestedFilename()).toMatch(/\.toml$/);
  expect(await readFile(await file.path(), "utf8")).toContain(`price = "${price}"`);
});

test("the report of the run is saved", async ({ what, page }) => {
  await what.open();
  const download = page.waitForEvent("download", { timeout: 60_000 });
  await page.getByRole("button", { name: "Report as HTML" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.html$/);
  expect(await readFile(await file.path(), "utf8")).toMatch(/^<!doctype html>/i);
});

test("where two fleets cost the same, the answer says so, and what nothing varies in is one replication", async ({ what, page }) => {
  await what.open("#scenario=guide-arithmetic");
  await expect(what.sentence).toHaveText("Either way: dedicated and serverless cost the same, at $2,880 a month.");
  await expect(what.status).toHaveText("1 replication");
  await expect(page.getByLabel("Scenario", { exact: true })).toHaveValue("guide-arithmetic");
});
