import { open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { browser } from "../support/browser.ts";
import { button, expectSignedOut } from "../support/page.ts";
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
  expect(await page.context().cookies()).toEqual([]);

  await page.goBack({ waitUntil: "commit" });
  await expect(page).toHaveURL("/login?next=/profile");
  await expectSignedOut(page, ada);
  await reload(page);
  await expectSignedOut(page, ada);
  await page.goto("/sessions");
  await expect(page).toHaveURL("/login?next=/sessions");
  await expectSignedOut(page, ada);
});
