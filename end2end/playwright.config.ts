import { defineConfig } from "@playwright/test";
import { browser } from "./support/browser.ts";
import type { Options } from "./support/test.ts";

export default defineConfig<Options>({
  testDir: "tests",
  workers: 2,
  fullyParallel: true,
  // A test that passes only when it is tried again has found something.
  retries: 0,
  // A limit only ends what hangs: a busy machine may be ten times as slow as an idle one.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: {
    browserName: "chromium",
    launchOptions: browser,
    locale: "en-GB",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
  },
});
