import type { Page } from "@playwright/test";
import { account } from "../support/account.ts";
import { alive } from "../support/alive.ts";
import { button, expectSignedIn, field, sendLogin } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

test("a form that is sent before the WASM has arrived still works", async ({ page, carnet, context, watch }) => {
  watch.expectsUnusedScript();
  const ada = await account(carnet);
  // Never answered; what is still open when the test ends goes with the page.
  await context.route("**/*.wasm", () => {});
  await page.goto("/login", { waitUntil: "commit" });
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/profile");
  await expectSignedIn(page, ada);
  expect(await page.evaluate(() => window.carnetIsAlive)).toBeUndefined();
});

test("what was typed before the WASM has arrived stays", async ({ page, carnet, watch }) => {
  watch.expectsUnusedScript();
  const ada = await account(carnet);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/login", { waitUntil: "commit" });
  await field(page, "Username or e-mail").fill(ada.username);
  await field(page, "Password").fill(ada.password);
  release();
  await alive(page);
  await expect(field(page, "Username or e-mail")).toHaveValue(ada.username);
  await expect(field(page, "Password")).toHaveValue(ada.password);
  await expect(field(page, "Password")).toBeFocused();
  await button(page, "Sign in").click();
  await expectSignedIn(page, ada);
});

/** A cheap phone in a train: the browser's own measure of "slow 3G". */
async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const [latency, downloadThroughput, uploadThroughput] = [400, 50_000, 50_000];
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency,
    downloadThroughput,
    uploadThroughput,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
}

test("a form that is sent the moment that it is there works on a slow device", async ({ page, carnet, watch }) => {
  watch.expectsUnusedScript();
  const ada = await account(carnet);
  await slowDown(page);
  // Nobody's fingers are as fast as this.
  await page.addInitScript(([login, password]) => {
    if (location.pathname !== "/login") return;
    const observer = new MutationObserver(() => {
      const form = document.querySelector<HTMLFormElement>("main form:has(button[type=submit])");
      if (!form) return;
      observer.disconnect();
      form.querySelector<HTMLInputElement>("[name=login]")!.value = login!;
      form.querySelector<HTMLInputElement>("[name=password]")!.value = password!;
      form.requestSubmit();
    });
    observer.observe(document, { subtree: true, childList: true });
  }, [ada.username, ada.password]);
  const sent = page.waitForRequest((it) => it.method() === "POST");
  await page.goto("/login", { waitUntil: "commit" });
  // By the browser itself, for the client that would send it was still on its way.
  expect((await sent).isNavigationRequest()).toBe(true);
  await page.waitForURL("/profile", { waitUntil: "commit" });
  await expectSignedIn(page, ada);
});

test("a form that is sent at once works on a slow device without script", async ({ carnet, newDevice, watch }) => {
  watch.expectsUnusedScript();
  const ada = await account(carnet);
  const page = await newDevice({ javaScriptEnabled: false });
  await slowDown(page);
  await page.goto(`${carnet.url}/login`, { waitUntil: "commit" });
  await sendLogin(page, ada.username, ada.password);
  await page.waitForURL(`${carnet.url}/profile`, { waitUntil: "commit" });
  await expectSignedIn(page, ada);
});
