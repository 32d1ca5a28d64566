import { join } from "node:path";
import { defineConfig } from "@playwright/test";

// One browser at a time: what is measured is not disturbed, and the server's queue is not the subject.
export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.mjs",
  outputDir: join(import.meta.dirname, "test-results"),
  workers: 1,
  fullyParallel: false,
  // A machine that is busy elsewhere may be too slow once; what fails twice is wrong.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  reporter: [["list"]],
  use: {
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] },
    acceptDownloads: true,
    permissions: ["clipboard-read", "clipboard-write"],
  },
});
