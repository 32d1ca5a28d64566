// How the page looks, and to whom it is open: widths, light and dark, axe-core's rules. Pictures go to output/browser.

import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { expect, test } from "./page.mjs";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const width of [1440, 390]) {
  for (const scheme of ["light", "dark"]) {
    test.describe(`${width} px, ${scheme}`, () => {
      test.use({ viewport: { width, height: width === 390 ? 844 : 900 }, colorScheme: scheme });

      test("everybody can use it, and nothing is cut off", async ({ what, page }) => {
        await what.open();
        await what.picture(`serve-${width}-${scheme}`);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
        await what.type("traffic.api.rate", "1");
        await expect(what.alert).toHaveCount(1);
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => { one.open = true; }));
        await page.getByRole("button", { name: "Pin to compare" }).click();
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => window.axe.run());
        const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
        expect(grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0);
        await what.picture(`serve-${width}-${scheme}-open`);
      });
    });
  }
}

test("the switch changes the appearance and is remembered", async ({ what, page }) => {
  await what.open();
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await ground();
  await page.getByRole("button", { name: "Dark appearance" }).click();
  expect(await ground()).not.toBe(before);
  await page.reload();
  await expect(page.getByRole("button", { name: "Light appearance" })).toBeVisible();
  expect(await ground()).not.toBe(before);
  await what.answered();
});

test("the keyboard goes from the skip link to the answer, and through the page in order", async ({ what, page }) => {
  await what.open();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the answer" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#answer")).toBeFocused();
  const tops = [];
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press("Tab");
    tops.push(await page.evaluate(() => {
      const controls = [...document.querySelectorAll("main :is(button, select, input, summary, [tabindex])")];
      return controls.indexOf(document.activeElement);
    }));
  }
  expect(tops).toEqual([...tops].sort((one, other) => one - other));
});

test("nothing jumps while figures are refreshed", async ({ what, page }) => {
  await what.open();
  await page.evaluate(() => {
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { window.shifts += entry.value; })).observe({ type: "layout-shift" });
  });
  const slider = await what.slider("traffic.api.rate");
  await slider.focus();
  for (let press = 0; press < 4; press += 1) await slider.press("ArrowRight");
  await what.answered();
  // The browser's own measure of it; below 0.1 is what its makers call good.
  expect(await page.evaluate(() => window.shifts)).toBeLessThan(0.02);
});
