import { arrival, open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import {
  expectSignedIn,
  expectSignedOut,
  field,
  rename,
  sendLogin,
  sendNewPassword,
  summary,
  unfold,
} from "../support/page.ts";
import { ANOTHER_PASSWORD, WRONG_PASSWORD } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test("a new name is shown at once and kept", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada Lovelace");
  await expect(page.getByText("Your name is saved.")).toBeFocused();
  await reload(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
  await expectSignedIn(page, ada);
});

test("a name is text, whatever it looks like", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  const name = `</script><b onclick="x">Ada</b> & 'Co' é 数`;
  await rename(page, name);
  await reload(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  await unfold(page, "Edit name");
  await expect(field(page, "Name")).toHaveValue(name);
});

test("a name can be taken away", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada Lovelace");
  await unfold(page, "Edit name");
  await field(page, "Name").fill("");
  await field(page, "Name").press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ada.username);
});

test("a name that is too long is told at its field and stays", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await unfold(page, "Edit name");
  await field(page, "Name").fill("a".repeat(101));
  await field(page, "Name").press("Enter");
  await expect(summary(page)).toBeFocused();
  await expect(field(page, "Name")).toHaveAccessibleDescription(/A name has at most 100 characters/);
  await expect(field(page, "Name")).toHaveValue("a".repeat(101));
});

test("a new password signs out the other devices, and this one goes on", async ({
  page,
  carnet,
  newDevice,
  watch,
}) => {
  const ada = await enter(page, carnet);
  const other = await newDevice();
  await open(other, "/login");
  await sendLogin(other, ada.username, ada.password);
  await arrival(other, "/profile");

  await open(page, "/profile");
  await unfold(page, "Change password");
  watch.expects(422, "/api/me/password");
  await sendNewPassword(page, WRONG_PASSWORD, ANOTHER_PASSWORD);
  await expect(summary(page)).toBeFocused();
  await expect(field(page, "Present password")).toHaveAccessibleDescription(/That is not your present password/);
  await expect(field(page, "New password")).toHaveValue(ANOTHER_PASSWORD);
  await reload(other);
  await expectSignedIn(other, ada);

  await sendNewPassword(page, WRONG_PASSWORD, "too short");
  await expect(field(page, "New password")).toHaveAccessibleDescription(/9 characters so far, 15 are needed/);

  await sendNewPassword(page, ada.password, ANOTHER_PASSWORD);
  await expect(page.getByText("Your password is changed.")).toBeFocused();
  await expect(field(page, "New password")).toBeHidden();
  await rename(page, "Ada, still here");
  await reload(page);
  await expectSignedIn(page, ada);

  watch.expects(401, "/api/auth/refresh");
  await reload(other);
  await expect(other.getByRole("main")).toContainText("Your password was changed");
  await expectSignedOut(other, ada);

  watch.expects(401, "/api/auth/login");
  await open(other, "/login");
  await sendLogin(other, ada.username, ada.password);
  await expect(summary(other)).toHaveText("The username or the password is wrong");
  await sendLogin(other, ada.username, ANOTHER_PASSWORD);
  await arrival(other, "/profile");
  await expectSignedIn(other, ada);
});
