import type { Page } from "@playwright/test";
import { enter, lookElsewhere, signInElsewhere } from "../support/account.ts";
import { alive, open } from "../support/alive.ts";
import { insertIntoHeader, insertIntoMain, openDamaged, prependToBody, translate } from "../support/damage.ts";
import { DEVICES } from "../support/devices.ts";
import { button, expectSignedIn, expectSignedOut, field, rename, sendName, signOut, unfold } from "../support/page.ts";
import { REFRESH } from "../support/refresh.ts";
import { expectEnded } from "../support/sessions.ts";
import { expect, test } from "../support/test.ts";

/** What the WASM copes with. */
const HARMLESS = { "an element at the start of the body": prependToBody, "a translation": translate };
/** What it cannot take over. */
const HARMFUL = { "an element in the header": insertIntoHeader, "an element in the content": insertIntoMain };

/** Opens a page that the WASM fails to take over. */
async function openBroken(page: Page, path: string, damage: () => void): Promise<void> {
  const failed = page.waitForEvent("pageerror");
  await openDamaged(page, path, damage);
  await failed;
}

/** Throws what the WASM throws when it panics. */
function panic(page: Page): Promise<void> {
  return page.evaluate(() => {
    setTimeout(() => {
      throw new WebAssembly.RuntimeError("unreachable");
    });
    return new Promise<void>((resolve) => addEventListener("error", () => resolve(), { once: true }));
  });
}

/** Neither username nor e-mail address can be read anywhere. */
async function expectNothingPrivate(page: Page, person: { username: string; email: string }): Promise<void> {
  await expect(page.locator("html")).not.toContainText(person.username);
  await expect(page.locator("html")).not.toContainText(person.email);
}

for (const [what, damage] of Object.entries(HARMLESS)) {
  test(`a page with ${what} comes alive, and follows when another tab signs out`, async ({ page, carnet, context }) => {
    const ada = await enter(page, carnet);
    const other = await context.newPage();
    await openDamaged(page, "/profile", damage);
    await alive(page);
    await expectSignedIn(page, ada);
    await open(other, "/");
    await signOut(other);
    await expectNothingPrivate(page, ada);
  });
}

test("a page that is translated while it is open shows nothing private once another tab has signed out", async ({
  page,
  carnet,
  context,
}) => {
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  await open(page, "/profile");
  await page.evaluate(translate);
  await open(other, "/");
  await signOut(other);
  await expectNothingPrivate(page, ada);
});

for (const [what, damage] of Object.entries(HARMFUL)) {
  test(`a page with ${what} shows nothing private once another tab has signed out`, async ({
    page,
    carnet,
    context,
    watch,
  }) => {
    watch.expectsPanic();
    const ada = await enter(page, carnet);
    const other = await context.newPage();
    await openBroken(page, "/profile", damage);
    await expect(page.locator("body")).toContainText(ada.email);
    await open(other, "/");
    await signOut(other);
    await expect(page).toHaveURL("/login?next=/profile");
    await expectNothingPrivate(page, ada);
  });

  test(`a page with ${what} shows nothing private once another tab has signed out without a connection`, async ({
    page,
    carnet,
    context,
    watch,
  }) => {
    watch.expectsPanic();
    watch.expectsNoConnection();
    const ada = await enter(page, carnet);
    const other = await context.newPage();
    await openBroken(page, "/profile", damage);
    await open(other, "/");
    await context.setOffline(true);
    const left = other.waitForEvent("requestfailed", (request) => request.isNavigationRequest());
    await button(other, "Sign out").click();
    await left;
    await expectNothingPrivate(page, ada);
  });

  test(`a page with ${what} follows when another tab signs in as somebody else`, async ({
    page,
    carnet,
    context,
    watch,
  }) => {
    watch.expectsPanic();
    const ada = await enter(page, carnet);
    const other = await context.newPage();
    await openBroken(page, "/profile", damage);
    const grace = await enter(other, carnet);
    await open(other, "/profile");
    await expectSignedIn(page, grace);
    await expectNothingPrivate(page, ada);
  });

  test(`the forms of a page with ${what} work as plain forms`, async ({ page, carnet, context, watch }) => {
    watch.expectsPanic();
    // The page after signing out makes sure that nobody is signed in.
    watch.expects(401, REFRESH);
    const ada = await enter(page, carnet);
    const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
    const other = await context.newPage();
    await open(other, "/profile");
    await openBroken(page, "/profile", damage);
    await unfold(page, "Edit name");
    const sent = page.waitForRequest((it) => it.method() === "POST");
    await sendName(page, "Ada Lovelace");
    expect((await sent).isNavigationRequest()).toBe(true);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
    expect((await lookElsewhere<{ name: string }>(carnet, phone, "/api/me")).name).toBe("Ada Lovelace");

    await openBroken(page, "/sessions", damage);
    await button(page, "Sign out").click();
    await expectSignedOut(page, ada);
    await expectEnded(carnet, phone);
    // The tab that works has heard of nothing but the page that was loaded for nobody.
    await expectNothingPrivate(other, ada);
  });
}

test("a page that the WASM fails to take over offers to sign in where nobody is known", async ({ page, carnet, watch }) => {
  watch.expectsPanic();
  watch.expects(401, REFRESH);
  await enter(page, carnet);
  const [cookie] = await page.context().cookies();
  // The cookie alone does not tell who that is.
  await page.context().addCookies([{ ...cookie!, value: "damaged" }]);
  await openBroken(page, "/profile", insertIntoMain);
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await expect(field(page, "Username or e-mail")).toBeVisible();
});

test("a panic later on leaves plain forms and nothing private after a sign-out", async ({ page, carnet, context, watch }) => {
  watch.expectsPanic();
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  await open(page, "/profile");
  await rename(page, "Ada before");
  await panic(page);
  await unfold(page, "Edit name");
  const sent = page.waitForRequest((it) => it.method() === "POST");
  await sendName(page, "Ada after");
  expect((await sent).isNavigationRequest()).toBe(true);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada after");
  await alive(page);
  await panic(page);
  await open(other, "/");
  await signOut(other);
  await expect(page).toHaveURL("/login?next=/profile");
  await expectNothingPrivate(page, ada);
});
