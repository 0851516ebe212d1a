import { account } from "../support/account.ts";
import { sessionCookies } from "../support/cookies.ts";
import {
  button,
  expectSignedIn,
  expectSignedOut,
  field,
  sendLogin,
  sendName,
  sendNewPassword,
  sendRegistration,
  summary,
  unfold,
} from "../support/page.ts";
import { ANOTHER_PASSWORD, SECRET_WORD, WRONG_PASSWORD, somebody } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test.use({ javaScriptEnabled: false });

test.beforeEach(({ watch }) => watch.expectsUnusedScript());

test("plain forms make an account, sign out and sign in again", async ({ page, context }) => {
  const ada = somebody();
  const addresses: string[] = [];
  context.on("request", (request) => addresses.push(request.url(), request.headers()["referer"] ?? ""));

  await page.goto("/register");
  await sendRegistration(page, ada);
  await expect(page).toHaveURL("/profile");
  await expectSignedIn(page, ada);

  await button(page, "Sign out").click();
  await expect(page).toHaveURL("/");
  await expectSignedOut(page, ada);
  expect(await sessionCookies(context)).toEqual([]);

  await page.goto("/sessions");
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/sessions");
  await expectSignedIn(page, ada);
  await page.reload();
  await expectSignedIn(page, ada);

  expect(addresses.length).toBeGreaterThan(8);
  expect(addresses.filter((address) => address.includes(SECRET_WORD))).toEqual([]);
});

test("a wrong password comes back with what was typed, and without the password", async ({ page, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expects(401, "/login");
  await page.goto("/login?next=/sessions");
  await page.getByLabel("Keep me signed in on this device").uncheck();
  await sendLogin(page, ada.username, WRONG_PASSWORD);
  await expect(summary(page)).toHaveText("The username or the password is wrong");
  await expect(summary(page)).toBeFocused();
  await expect(page).toHaveTitle(/^Error: /);
  await expect(field(page, "Username or e-mail")).toHaveValue(ada.username);
  await expect(field(page, "Password")).toHaveValue("");
  await expect(page.getByLabel("Keep me signed in on this device")).not.toBeChecked();
  await field(page, "Password").fill(ada.password);
  await button(page, "Sign in").click();
  await expect(page).toHaveURL("/sessions");
  await expectSignedIn(page, ada);
});

test("a username that is taken and a short password come back at their fields", async ({ page, carnet, watch }) => {
  const taken = await account(carnet);
  const ada = somebody();
  watch.expects(409, "/register");
  watch.expects(422, "/register");
  await page.goto("/register");
  await sendRegistration(page, { ...ada, username: taken.username });
  await expect(field(page, "Username")).toHaveAccessibleDescription(/That username is taken/);
  await expect(field(page, "E-mail")).toHaveValue(ada.email);
  await sendRegistration(page, { ...ada, password: "too short" });
  await expect(field(page, "Password")).toHaveAccessibleDescription(/too short, 15 characters are needed/);
  await expect(field(page, "Username")).toHaveValue(ada.username);
  await expect(field(page, "Password")).toHaveValue("");
});

test("name, password and devices can be changed by plain forms", async ({ page, carnet, newDevice }) => {
  const ada = await account(carnet);
  const other = await newDevice({ javaScriptEnabled: false });
  for (const device of [page, other]) {
    await device.goto("/login");
    await sendLogin(device, ada.username, ada.password);
    await expectSignedIn(device, ada);
  }
  await unfold(page, "Edit name");
  await sendName(page, "Ada Lovelace");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
  await expect(page.getByText("Your name is saved.")).toBeVisible();

  await page.goto("/sessions");
  await button(page, "Sign out the other device").click();
  await expect(page.getByText("All your other devices are signed out.")).toBeVisible();
  await other.goto("/profile");
  await expect(other.locator("body")).not.toContainText(ada.username);
  await other.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await sendLogin(other, ada.username, ada.password);
  await expect(other).toHaveURL("/profile");
  await expectSignedIn(other, ada);

  await page.goto("/profile");
  await unfold(page, "Change password");
  await sendNewPassword(page, ada.password, ANOTHER_PASSWORD);
  await expect(page.getByText("Your password is changed.")).toBeVisible();
  await expectSignedIn(page, ada);
  await other.goto("/sessions");
  await expect(other.locator("body")).not.toContainText(ada.username);
});
