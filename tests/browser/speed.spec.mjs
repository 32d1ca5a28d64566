// Measured, not asserted: the time from a move of a slider to the first estimate of it on the screen.

import { test } from "./page.mjs";
import { program } from "./server.mjs";

// Of the stand-in it says nothing.
const MOVES = program ? 30 : 2;

test("time from a move to its first estimate", async ({ what, page }) => {
  await what.open();
  const slider = await what.slider("traffic.api.rate");
  await slider.focus();
  const times = [];
  for (let move = 0; move < MOVES; move += 1) {
    await page.evaluate(() => performance.clearMeasures("input-to-estimate"));
    await slider.press(move % 2 ? "ArrowLeft" : "ArrowRight");
    await page.waitForFunction(() => performance.getEntriesByName("input-to-estimate").length > 0);
    times.push(await page.evaluate(() => performance.getEntriesByName("input-to-estimate")[0].duration));
  }
  times.sort((one, other) => one - other);
  const at = (share) => `${Math.round(times[Math.ceil(share * MOVES) - 1])} ms`;
  console.log(`from a move to its first estimate on the screen, ${MOVES} moves: median ${at(0.5)}, p95 ${at(0.95)}, at most ${at(1)}`);
});
