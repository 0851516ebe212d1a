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
