import { arrival, open, reload } from "../support/alive.ts";
import { account } from "../support/account.ts";
import { button, expectSignedIn, field, sendRegistration, summary } from "../support/page.ts";
import { somebody } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test("who makes an account lands on the profile, signed in, and stays so", async ({ page }) => {
  const ada = somebody();
  await open(page, "/register");
  await sendRegistration(page, ada);
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
  await expect(page.getByRole("main")).toContainText(ada.email);
  await reload(page);
  await expectSignedIn(page, ada);
});

test("a username that is taken and a short password are told at their fields", async ({ page, carnet, watch }) => {
  const taken = await account(carnet);
  const ada = somebody();
  watch.expects(409, "/api/auth/register");
  await open(page, "/register");

  await sendRegistration(page, { ...ada, username: taken.username });
  await expect(summary(page)).toBeFocused();
  await expect(summary(page)).toContainText("One thing needs another look");
  await expect(field(page, "Username")).toHaveAccessibleDescription(/That username is taken/);
  await expect(field(page, "Username")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "E-mail")).not.toHaveAttribute("aria-invalid");
  await expect(field(page, "E-mail")).toHaveValue(ada.email);
  await expect(field(page, "Username")).toHaveValue(taken.username);
  await summary(page).getByRole("link", { name: "That username is taken" }).click();
  await expect(field(page, "Username")).toBeFocused();

  await sendRegistration(page, { ...ada, password: "too short" });
  await expect(summary(page)).toBeFocused();
  await expect(field(page, "Password")).toHaveAccessibleDescription(/9 characters so far, 15 are needed/);
  await expect(field(page, "Password")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "Username")).not.toHaveAttribute("aria-invalid");
  await expect(field(page, "Username")).toHaveValue(ada.username);

  await field(page, "Password").fill(ada.password);
  await button(page, "Create account").click();
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
});

test("a password that everybody tries is refused in words", async ({ page, watch }) => {
  watch.expects(422, "/api/auth/register");
  await open(page, "/register");
  await sendRegistration(page, { ...somebody(), password: "passwordpassword" });
  await expect(field(page, "Password")).toHaveAccessibleDescription(/easy to guess/);
});

test("an empty form names everything that is missing", async ({ page }) => {
  await open(page, "/register");
  await button(page, "Create account").click();
  await expect(summary(page)).toContainText("3 things need another look");
  await expect(summary(page).getByRole("link")).toHaveText([
    "Enter your e-mail address",
    "Choose a username",
    "Choose a password",
  ]);
});
