// The page under test: opened, watched for errors and foreign requests, and its parts by the names that people see.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { startServer } from "./server.mjs";

export { expect };
export const PICTURES = join(import.meta.dirname, "../../output/browser");

/** `what` opens the page when asked; after each test nothing may have gone wrong in it. */
export const test = base.extend({
  server: [async ({}, use) => {
    const server = await startServer();
    await use(server);
    server.stop();
  }, { scope: "worker" }],
  what: async ({ page, server }, use) => {
    const what = new WhatIf(page, server.address);
    await what.watch();
    await use(what);
    expect(what.wrong, "errors in the console, and requests to other hosts").toEqual([]);
  },
});

export class WhatIf {
  constructor(page, address) {
    this.page = page;
    this.address = address;
    this.wrong = [];
    this.sentence = page.locator("#sentence");
    this.status = page.getByRole("status");
    this.alert = page.locator(".knob .problem:visible");
  }

  async watch() {
    const { page, address, wrong } = this;
    page.on("console", (message) => {
      // A refused request is an answer here; the browser logs it as an error all the same.
      const isRefusal = /status of 422/.test(message.text());
      if (message.type() === "error" && !isRefusal) wrong.push(message.text());
    });
    page.on("pageerror", (error) => wrong.push(error.stack));
    await page.route("**/*", (route) => {
      const url = route.request().url();
      if (url.startsWith(`${address}/`) || /^(data|blob):/.test(url)) return route.continue();
      wrong.push(`a request to ${url}`);
      return route.abort();
    });
  }

  async open(fragment = "") {
    await this.page.goto(`${this.address}/${fragment}`);
    await this.answered();
  }

  /** Until the first estimate of what is on the page. */
  async estimated() {
    await expect(this.status).toHaveText(/replication/);
    await expect(this.page.locator("#cost .chart svg").first()).toBeVisible();
  }

  /** Until nothing more is to come. */
  async answered() {
    await this.estimated();
    await expect(this.page.locator("#answer")).not.toHaveAttribute("aria-busy", "true");
    await expect(this.page.locator(".chart.stale")).toHaveCount(0);
  }

  /** The slider of a path, opened if its group is folded. */
  async slider(path) { return (await this.knob(path)).locator("input[type=range]"); }
  async field(path) { return (await this.knob(path)).locator("input[type=text]"); }

  async knob(path) {
    const knob = this.page.locator(`.knob[data-path="${path}"]`);
    await knob.evaluate((element) => { element.closest("details").open = true; });
    await knob.scrollIntoViewIfNeeded();
    return knob;
  }

  async type(path, value) {
    const field = await this.field(path);
    await field.fill(value);
    await field.press("Enter");
  }

  async picture(name) {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }
}
