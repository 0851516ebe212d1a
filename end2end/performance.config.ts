import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** Lighthouse's figures on a throttled phone, page by page: `npm run performance -- FILE`. */
export default defineConfig(tests, {
  testDir: "support",
  testMatch: "performance.ts",
  // Two at once would measure each other.
  workers: 1,
  use: { trace: "off" },
});
