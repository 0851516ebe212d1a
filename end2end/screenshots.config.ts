import { defineConfig } from "@playwright/test";
import tests from "./playwright.config.ts";

/** Pictures of every page in every state: `npm run screenshots -- FOLDER`. */
export default defineConfig(tests, {
  testDir: "support",
  testMatch: "screenshots.ts",
  use: { trace: "off" },
});
