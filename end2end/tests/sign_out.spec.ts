import { open } from "../support/alive.ts";
import { enter, isSignedIn, signInElsewhere } from "../support/account.ts";
import { sessionCookies } from "../support/cookies.ts";
import { DEVICES } from "../support/devices.ts";
import { button, expectSignedIn, expectSignedOut, signOut } from "../support/page.ts";
import { expectEnded } from "../support/sessions.ts";
import { expect, test } from "../support/test.ts";

test("signing out in one tab signs out the other, without a reload", async ({ page, carnet, context }) => {
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  await open(other, "/profile");
  await expectSignedIn(other, ada);
  let loads = 0;
  other.on("domcontentloaded", () => (loads += 1));
  await open(page, "/");
  await signOut(page);
  await expectSignedOut(other, ada);
  expect(loads).toBe(0);
  await expect(other).toHaveURL("/profile");
  await expect(page).toHaveURL("/");
  await expectSignedOut(page, ada);
});

test("signing out ends the session, and only that one", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  await open(page, "/");
  await signOut(page);
  await expectSignedOut(page, ada);
  await expectEnded(carnet, phone);
  expect(await isSignedIn(carnet, phone)).toBe(true);
});

test("signing out works without a connection, and holds when it is back", async ({ page, carnet, context, watch }) => {
  const ada = await enter(page, carnet);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  const other = await context.newPage();
  await open(other, "/profile");
  await open(page, "/profile");
  watch.expectsNoConnection();
  await context.setOffline(true);
  const left = page.waitForEvent("requestfailed", (request) => request.isNavigationRequest());
  await button(page, "Sign out").click();
  await expectSignedOut(other, ada);
  await left;
  await context.setOffline(false);
  await page.goto("/profile");
  await expect(page).toHaveURL("/login?next=/profile");
  await expectSignedOut(page, ada);
  expect(await sessionCookies(context)).toEqual([]);
  await expectEnded(carnet, phone);
});
