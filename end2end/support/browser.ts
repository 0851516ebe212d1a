import { getuid } from "node:process";
import type { LaunchOptions } from "@playwright/test";

const quietly = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Chromium's sandbox does not start as root, as in many containers. */
const asRoot = getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Playwright's own Chromium, or the one that `CARNET_CHROMIUM` names. */
export const browser: LaunchOptions = {
  args: [...quietly, ...asRoot],
  executablePath: process.env.CARNET_CHROMIUM || undefined,
};
