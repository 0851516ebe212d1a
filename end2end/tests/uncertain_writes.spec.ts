import type { Page, Route } from "@playwright/test";
import { enter, isSignedIn, lookElsewhere, signInElsewhere } from "../support/account.ts";
import { open } from "../support/alive.ts";
import { DEVICES } from "../support/devices.ts";
import {
  button,
  expectSignedIn,
  field,
  sendName,
  sendNewPassword,
  sendRegistration,
  summary,
  unfold,
} from "../support/page.ts";
import { ANOTHER_PASSWORD, somebody } from "../support/person.ts";
import { answerTo, problem } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";

/** The server does what it is asked, and the browser never gets the answer. */
async function loseAnswer(route: Route): Promise<void> {
  await answerTo(route);
  await route.abort("connectionreset");
}

/** The server does what it is asked, and then something in between fails. */
async function failAfterwards(route: Route): Promise<void> {
  await answerTo(route);
  await route.fulfill(problem(500, "internal_error"));
}

async function changePassword(page: Page, present: string): Promise<void> {
  await unfold(page, "Change password");
  await sendNewPassword(page, present, ANOTHER_PASSWORD);
  await expect(summary(page)).toBeFocused();
}

test("a password change whose answer is lost says that nobody knows, and trying again tells", async ({
  page,
  carnet,
  watch,
}) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await page.route("/api/me/password", loseAnswer, { times: 1 });
  await changePassword(page, ada.password);
  await expect(summary(page)).toContainText("We do not know whether your password was changed.");
  await expect(summary(page)).not.toContainText("Nothing");
  await signInElsewhere(carnet, { ...ada, password: ANOTHER_PASSWORD }, DEVICES.safariOnPhone);

  watch.expects(422, "/api/me/password");
  watch.expects(409, "/api/me/password");
  await button(page, "Change password").click();
  await expect(field(page, "Present password")).toHaveAccessibleDescription(/That is not your present password/);
  await expectSignedIn(page, ada);
});

test("a password change that fails after it was made does not say that nothing was changed", async ({
  page,
  carnet,
  watch,
}) => {
  watch.expects(500, "/api/me/password");
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await page.route("/api/me/password", failAfterwards, { times: 1 });
  await changePassword(page, ada.password);
  await expect(summary(page)).toContainText("We do not know whether your password was changed.");
  await expect(summary(page)).not.toContainText("Nothing");
  await signInElsewhere(carnet, { ...ada, password: ANOTHER_PASSWORD }, DEVICES.safariOnPhone);
});

test("a name whose answer is lost is there after a reload, as the form says", async ({ page, carnet, watch }) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  await open(page, "/profile");
  await page.route("/api/me", loseAnswer, { times: 1 });
  await unfold(page, "Edit name");
  await sendName(page, "Ada Lovelace");
  await expect(summary(page)).toContainText("We do not know whether your name was saved. Load the page again to see");
  expect((await lookElsewhere<{ name: string }>(carnet, phone, "/api/me")).name).toBe("Ada Lovelace");
  await open(page, "/profile");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
});

test("an account whose making is not answered can be signed in to, as the form says", async ({ page, carnet, watch }) => {
  watch.expectsNoConnection();
  const ada = somebody();
  await open(page, "/register");
  await page.route("/api/auth/register", loseAnswer, { times: 1 });
  await sendRegistration(page, ada);
  await expect(summary(page)).toContainText("We do not know whether your account was made. Try to sign in");
  await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
});

test("a list of devices that cannot be had again does not put the sign-out in doubt", async ({ page, carnet, watch }) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  await open(page, "/sessions");
  const looks = (route: Route) => route.request().method() === "GET";
  await page.route("/api/me/sessions", (route) => (looks(route) ? route.abort("connectionreset") : route.fallback()));
  await button(page, "Sign out the other device").click();
  await expect(page.getByText("All your other devices are signed out.")).toBeVisible();
  await expect(summary(page)).toContainText("Load the page again in a moment");
  await expect(summary(page)).not.toContainText("We do not know");
  expect(await isSignedIn(carnet, phone)).toBe(false);
});
