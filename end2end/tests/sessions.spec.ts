import type { Page } from "@playwright/test";
import { arrival, open, reload } from "../support/alive.ts";
import { endOthersFrom, enter, isSignedIn, signInElsewhere } from "../support/account.ts";
import { button, expectSignedIn, expectSignedOut, sendLogin, sendName, unfold } from "../support/page.ts";
import { DEVICES } from "../support/devices.ts";
import { expect, test } from "../support/test.ts";

function devices(page: Page) {
  return page.getByRole("listitem").filter({ visible: true });
}

test("the list shows this device and another", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await signInElsewhere(carnet, ada, DEVICES.firefoxOnWindows);
  await open(page, "/sessions");
  await expect(devices(page)).toHaveCount(2);
  const own = devices(page).filter({ hasText: "This device" });
  await expect(own).toHaveCount(1);
  await expect(own).toContainText("Chrome on Linux");
  await expect(own).toContainText("Active now");
  await expect(own.getByRole("button")).toHaveCount(0);
  const other = devices(page).filter({ hasText: "Firefox on Windows" });
  await expect(other).toContainText("Active just now");
  await expect(other.getByRole("button", { name: "Sign out Firefox on Windows" })).toBeVisible();
});

test("one device can be signed out, and only that", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  const firefox = await signInElsewhere(carnet, ada, DEVICES.firefoxOnWindows);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  await open(page, "/sessions");
  await button(page, "Sign out Firefox on Windows").click();
  await expect(page.getByText("That device is signed out.")).toBeFocused();
  await expect(devices(page)).toHaveCount(2);
  await expect(devices(page).filter({ hasText: "Firefox on Windows" })).toHaveCount(0);
  expect(await isSignedIn(carnet, firefox)).toBe(false);
  expect(await isSignedIn(carnet, phone)).toBe(true);
  await unfold(page, "Recently signed out (1)");
  await expect(page.getByRole("group")).toContainText("Signed out from another device");
  await reload(page);
  await expect(devices(page)).toHaveCount(2);
  await expectSignedIn(page, ada);
});

test("all other devices can be signed out together", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  const others = await Promise.all(
    Object.values(DEVICES).map((device) => signInElsewhere(carnet, ada, device)),
  );
  await open(page, "/sessions");
  await expect(devices(page)).toHaveCount(1 + others.length);
  await button(page, "Sign out all others").click();
  await expect(page.getByText("All your other devices are signed out.")).toBeFocused();
  await expect(devices(page)).toHaveCount(1);
  await expect(page.getByRole("main")).toContainText("You are signed in nowhere else.");
  for (const other of others) expect(await isSignedIn(carnet, other)).toBe(false);
  await reload(page);
  await expectSignedIn(page, ada);
});

test("a device that was signed out says so the next time that it is used", async ({
  page,
  carnet,
  newDevice,
  watch,
}) => {
  const ada = await enter(page, carnet);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  const idle = await newDevice();
  await open(idle, "/login");
  await sendLogin(idle, ada.username, ada.password);
  await arrival(idle, "/profile");
  await open(page, "/profile");
  await endOthersFrom(carnet, phone);

  watch.expects(401, "/api/me");
  watch.expects(401, "/api/auth/refresh");
  await unfold(page, "Edit name");
  await sendName(page, "Not any more");
  await expect(page.getByRole("main")).toContainText("You were signed out on another device");
  await expectSignedOut(page, ada);

  await reload(idle);
  await expect(idle.getByRole("main")).toContainText("You were signed out on another device");
  await expectSignedOut(idle, ada);
});
