import { open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { browser } from "../support/browser.ts";
import { sessionCookies } from "../support/cookies.ts";
import { button, expectSignedIn, expectSignedOut } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

// People's browsers keep pages for the way back; Playwright's is told not to.
test.use({
  launchOptions: { ...browser, ignoreDefaultArgs: ["--disable-back-forward-cache"] },
});

test("after signing out nothing private is left, neither on the way back nor after a reload", async ({
  page,
  carnet,
}) => {
  const ada = await enter(page, carnet);
  await open(page, "/sessions");
  await open(page, "/profile");
  await button(page, "Sign out").click();
  await expect(page).toHaveURL("/");
  await expectSignedOut(page, ada);
  expect(await sessionCookies(page.context())).toEqual([]);

  await page.goBack({ waitUntil: "commit" });
  await expect(page).toHaveURL("/login?next=/profile");
  await expectSignedOut(page, ada);
  await reload(page);
  await expectSignedOut(page, ada);
  await page.goto("/sessions");
  await expect(page).toHaveURL("/login?next=/sessions");
  await expectSignedOut(page, ada);
});

test("a page that is kept for the way back shows nothing private once another tab has signed out offline", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  // Chromium itself drops kept pages for some sign-outs; whichever it keeps have to look again.
  await page.addInitScript(() => {
    addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      sessionStorage["kept"] = "yes";
      requestAnimationFrame(() => (sessionStorage["shown"] = document.body.innerText));
    });
  });
  await open(page, "/profile");
  await open(page, "/");
  await page.goBack({ waitUntil: "commit" });
  await expectSignedIn(page, ada);
  expect(await page.evaluate(() => sessionStorage["kept"])).toBe("yes");
  await page.evaluate(() => sessionStorage.removeItem("shown"));

  await open(page, "/");
  const other = await context.newPage();
  await open(other, "/");
  await context.setOffline(true);
  const left = other.waitForEvent("requestfailed", (request) => request.isNavigationRequest());
  await button(other, "Sign out").click();
  await left;
  await page.goBack({ waitUntil: "commit" }).catch(() => {});
  await context.setOffline(false);
  await page.goto("/");
  await expectSignedOut(page, ada);
  const shown = await page.evaluate(() => sessionStorage["shown"] ?? "");
  expect(shown).not.toContain(ada.username);
  expect(shown).not.toContain(ada.email);
});
