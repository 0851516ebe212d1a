import type { Page } from "@playwright/test";
import { enter } from "../support/account.ts";
import { alive } from "../support/alive.ts";
import { expect, test } from "../support/test.ts";

/** Everything that the page to sign in on needs, as it goes over the wire, headers included. */
const SIGN_IN_BYTES = 220_000;

/** The same for a page whose code is a file of its own, which the page to sign in on comes without. */
const LATER_BYTES = 288_000;

/** The bytes of each file that came while a page was opened and came alive. */
async function weigh(page: Page, path: string): Promise<Record<string, number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const paths = new Map<string, string>();
  const bytes: Record<string, number> = {};
  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    paths.set(requestId, new URL(response.url).pathname);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes[paths.get(requestId) ?? requestId] = encodedDataLength;
  });
  await page.goto(path, { waitUntil: "load" });
  await alive(page);
  await devtools.detach();
  return bytes;
}

for (const [path, isSignedIn] of [["/", false], ["/register", false], ["/login", false], ["/profile", true], ["/sessions", true]] as const) {
  test(`the first load of ${path} stays within its budget`, async ({ page, carnet }, info) => {
    if (isSignedIn) await enter(page, carnet);
    const bytes = await weigh(page, path);
    const kinds = Object.keys(bytes).map((file) => file.split(".").at(-1));
    expect(kinds).toEqual(expect.arrayContaining([path, "css", "js", "wasm"]));
    const total = Object.values(bytes).reduce((sum, one) => sum + one, 0);
    info.annotations.push({ type: "bytes", description: JSON.stringify({ ...bytes, total }) });
    expect(total, JSON.stringify(bytes)).toBeLessThanOrEqual(path === "/login" ? SIGN_IN_BYTES : LATER_BYTES);
  });
}
