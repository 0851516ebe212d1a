import { arrival, open } from "../support/alive.ts";
import { account } from "../support/account.ts";
import { button, expectSignedIn, field, sendLogin, summary } from "../support/page.ts";
import { WRONG_PASSWORD } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test("a wrong password is told once in words, and the right one then works", async ({ page, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expects(401, "/api/auth/login");
  await open(page, "/login");

  await sendLogin(page, ada.username, WRONG_PASSWORD);
  await expect(summary(page)).toHaveCount(1);
  await expect(summary(page)).toHaveText("The username or the password is wrong");
  await expect(summary(page)).toBeFocused();
  await expect(field(page, "Username or e-mail")).toHaveValue(ada.username);
  await expect(field(page, "Password")).toHaveValue(WRONG_PASSWORD);
  await expect(page).toHaveURL("/login");

  await field(page, "Password").fill(ada.password);
  await button(page, "Sign in").click();
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
});

test("an unknown username gets the same words as a wrong password", async ({ page, watch }) => {
  watch.expects(401, "/api/auth/login");
  await open(page, "/login");
  await sendLogin(page, "nobody.of.that.name", WRONG_PASSWORD);
  await expect(summary(page)).toHaveText("The username or the password is wrong");
});

test("the e-mail address works as well as the username, in any case", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  await sendLogin(page, ada.email.toUpperCase(), ada.password);
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
});

test("signing in leads back to the page that was asked for", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/sessions");
  await expect(page).toHaveURL("/login?next=/sessions");
  await sendLogin(page, ada.username, ada.password);
  await arrival(page, "/sessions");
  await expectSignedIn(page, ada);
});

test("signing in leads to no other site, whatever the address says", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login?next=//evil.example/profile");
  await sendLogin(page, ada.username, ada.password);
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
});

test("who is signed in is led away from signing in", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  await sendLogin(page, ada.username, ada.password);
  await arrival(page, "/profile");
  for (const path of ["/login", "/register"]) {
    await page.goto(path);
    await expect(page).toHaveURL("/profile");
  }
});

test("while it is busy the button says so and cannot be pressed again", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  let sent = 0;
  await page.route("/api/auth/login", async (route) => {
    sent += 1;
    await held;
    await route.continue();
  });
  await sendLogin(page, ada.username, ada.password);
  await expect(button(page, "Signing in…")).toBeDisabled();
  await field(page, "Password").press("Enter");
  release();
  await arrival(page, "/profile");
  expect(sent).toBe(1);
});
