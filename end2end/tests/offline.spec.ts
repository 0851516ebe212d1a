import { open } from "../support/alive.ts";
import { enter, signInElsewhere } from "../support/account.ts";
import { sessionCookies } from "../support/cookies.ts";
import { DEVICES } from "../support/devices.ts";
import { button, expectSignedIn, expectSignedOut, rename } from "../support/page.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { expectEnded } from "../support/sessions.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

test("three lifetimes without a connection sign nobody out", async ({ page, carnet, context, watch }) => {
  watch.expectsNoConnection();
  await turnClock(page);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const notice = page.getByText("You are offline. You stay signed in.");
  await context.setOffline(true);
  await expect(notice).toBeVisible();
  for (let lifetime = 1; lifetime <= 3; lifetime += 1) {
    const failed = context.waitForEvent("requestfailed", (it) => it.url().endsWith(REFRESH));
    await outliveToken(page);
    await failed;
  }
  await expectSignedIn(page, ada);
  await expect(notice).toBeVisible();

  const refreshed = nextRefresh(context);
  await context.setOffline(false);
  expect((await refreshed).status()).toBe(200);
  await expect(notice).toBeHidden();
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.refusals()).toEqual([]);
});

test("who signs out without a connection and loads the page again stays signed out", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  await open(other, "/profile");
  await open(page, "/profile");
  await rename(page, "Ada before");
  await context.setOffline(true);
  const left = page.waitForEvent("requestfailed", (request) => request.isNavigationRequest());
  await button(page, "Sign out").click();
  await left;
  await expectSignedOut(other, ada);
  await expect(other.reload()).rejects.toThrow("ERR_INTERNET_DISCONNECTED");
  await expect(page.goto("/profile")).rejects.toThrow("ERR_INTERNET_DISCONNECTED");

  await context.setOffline(false);
  for (const tab of [other, page]) {
    await open(tab, "/profile");
    await expect(tab).toHaveURL("/login?next=/profile");
    await expectSignedOut(tab, ada);
  }
  expect(await sessionCookies(context)).toEqual([]);
  await expectEnded(carnet, await signInElsewhere(carnet, ada, DEVICES.safariOnPhone));
});
