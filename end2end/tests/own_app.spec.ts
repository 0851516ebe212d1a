import type { BrowserContext, Route } from "@playwright/test";
import { account, enter, endOthersFrom, signInElsewhere } from "../support/account.ts";
import { open } from "../support/alive.ts";
import { OWN_APP } from "../support/carnet.ts";
import { DEVICES } from "../support/devices.ts";
import { expectSignedIn, rename, sendLogin } from "../support/page.ts";
import { answerTo, nextRefresh, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

test.use({ program: OWN_APP, settings: { "tokens.reuse_grace": "0s" } });

/** Lets the server answer so many refreshes in vain. */
function loseAnswers(context: BrowserContext, count: number): Promise<void> {
  return new Promise((resolve) => {
    let lost = 0;
    const lose = async (route: Route) => {
      await answerTo(route);
      await route.abort("connectionreset");
      lost += 1;
      if (lost === count) resolve();
    };
    context.route(`**${REFRESH}`, lose, { times: count });
  });
}

test("a page of somebody's own app leads to sign in and back", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await page.goto("/shop");
  await expect(page.getByRole("heading")).toHaveText("Hello.");
  await page.goto("/orders?year=1843");
  await expect(page).toHaveURL("/login?next=/orders%3Fyear%3D1843");
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/orders?year=1843");
  await expect(page.getByRole("heading")).toHaveText(`The orders of ${ada.username}`);
  await page.goto("/shop");
  await expect(page.getByRole("heading")).toHaveText(`Hello, ${ada.username}.`);
});

test("a page for a role says so to who has another", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  watch.expects(403, "/ledger");
  await open(page, "/ledger");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not for this account");
  await expectSignedIn(page, ada);
});

test("a page whose cookie does not tell finds out and then shows what was asked for", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expectsNoConnection();
  await turnClock(page);
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada before");
  // The grace is over in the next second, and by the third try that has come.
  const lost = loseAnswers(context, 3);
  await outliveToken(page);
  await lost;
  const traffic = new Traffic(context);
  const found = nextRefresh(context);
  await page.goto("/orders");
  expect((await found).status()).toBe(200);
  await expect(page.getByRole("heading")).toHaveText(`The orders of ${ada.username}`);
  expect(traffic.count("GET", "/orders")).toBe(2);
});

test("a page whose session has ended says why and leads back", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  await endOthersFrom(carnet, await signInElsewhere(carnet, ada, DEVICES.safariOnPhone));
  watch.expects(401, REFRESH);
  await page.goto("/orders");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You were signed out on another device");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await sendLogin(page, ada.username, ada.password);
  await expect(page.getByRole("heading")).toHaveText(`The orders of ${ada.username}`);
});
