import { enter, signInElsewhere } from "../support/account.ts";
import { open } from "../support/alive.ts";
import { DEVICES } from "../support/devices.ts";
import { header, sendLogin, sendName, unfold } from "../support/page.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";

function heading(page: import("@playwright/test").Page, name: string) {
  return page.getByRole("heading", { level: 1, name, exact: true });
}

function link(page: import("@playwright/test").Page, name: string) {
  return header(page).getByRole("link", { name, exact: true });
}

test("going to another page loads no document", async ({ page, carnet, context }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await page.evaluate(() => (window.name = "the same document"));
  const traffic = new Traffic(context);
  await link(page, "Devices").click();
  await expect(page).toHaveURL("/sessions");
  await expect(page.getByText("This device")).toBeVisible();
  await link(page, "Profile").click();
  await expect(page).toHaveURL("/profile");
  await expect(heading(page, ada.username)).toBeVisible();
  await page.getByRole("link", { name: "Carnet", exact: true }).click();
  await expect(page).toHaveURL("/");
  await expect(page.getByText("You are signed in on this device.")).toBeVisible();
  await page.goBack();
  await expect(heading(page, ada.username)).toBeVisible();
  expect(await page.evaluate(() => window.name)).toBe("the same document");
  // The browser itself looks at its icon again whenever the address changes.
  const fetched = traffic.paths().filter((path) => !path.startsWith("/api/") && path !== "/favicon.svg");
  expect(fetched).toEqual([]);
});

test("the tab, the header and the focus follow", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await expect(page).toHaveTitle("Profile · Carnet");
  await expect(link(page, "Profile")).toHaveAttribute("aria-current", "page");
  await link(page, "Devices").click();
  await expect(page).toHaveTitle("Devices · Carnet");
  await expect(link(page, "Devices")).toHaveAttribute("aria-current", "page");
  await expect(link(page, "Profile")).not.toHaveAttribute("aria-current");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
});

test("a page shows what is true when it is gone to", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await open(page, "/sessions");
  await expect(page.getByText("You are signed in nowhere else.")).toBeVisible();
  await link(page, "Profile").click();
  const { access_token } = await signInElsewhere(carnet, ada, DEVICES.firefoxOnWindows);
  await fetch(`${carnet.url}/api/me`, {
    method: "PATCH",
    headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "Countess" }),
  });
  await link(page, "Devices").click();
  await expect(page.getByText("Firefox on Windows").first()).toBeVisible();
  await link(page, "Profile").click();
  await expect(heading(page, "Countess")).toBeVisible();
});

test("the next page says that the session has ended", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  const elsewhere = await signInElsewhere(carnet, ada, DEVICES.firefoxOnWindows);
  await fetch(`${carnet.url}/api/me/sessions`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${elsewhere.access_token}` },
  });
  watch.expects(401, "/api/me");
  watch.expects(401, "/api/me/sessions");
  watch.expects(401, "/api/auth/refresh");
  await link(page, "Devices").click();
  await expect(page.getByRole("main").getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(page.locator("body")).not.toContainText(ada.email);
});

test("signing in leads on without loading a document, and the way back skips the form", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await page.context().clearCookies();
  await open(page, "/login?next=/sessions");
  await page.evaluate(() => (window.name = "the same document"));
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/sessions");
  await expect(page.getByText("This device")).toBeVisible();
  expect(await page.evaluate(() => window.name)).toBe("the same document");
  await page.goBack();
  await expect(page).not.toHaveURL(/login|sessions/);
});

test("a sign-in that is to lead to the sign-in page leads to the profile", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await page.context().clearCookies();
  await open(page, "/login?next=/login");
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/profile");
  await expect(heading(page, ada.username)).toBeVisible();
});

test("a page that does not exist comes alive at an address that the router would know", async ({ page, watch }) => {
  watch.expects(404, "/profile/");
  await open(page, "/profile/");
  await expect(heading(page, "There is nothing here")).toBeVisible();
  await page.getByRole("link", { name: "Go to the start" }).click();
  await expect(page).toHaveURL("/");
});

test("a change that is answered after its page was left does no harm", async ({ page, carnet, context }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  let answer = () => {};
  const mayAnswer = new Promise<void>((resolve) => (answer = resolve));
  await context.route("**/api/me", async (route) => {
    if (route.request().method() === "PATCH") await mayAnswer;
    await route.continue();
  });
  await unfold(page, "Edit name");
  await sendName(page, "Countess");
  await link(page, "Devices").click();
  await expect(page.getByText("This device")).toBeVisible();
  const changed = page.waitForResponse((it) => it.request().method() === "PATCH");
  answer();
  await changed;
  await link(page, "Profile").click();
  await expect(heading(page, "Countess")).toBeVisible();
  await expect(page.locator("body")).toContainText(ada.email);
});

test("what was just done is said once, and not on the next page", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile?done=name-saved");
  await expect(page.getByText("Your name is saved.")).toBeVisible();
  await link(page, "Devices").click();
  await expect(page.getByText("This device")).toBeVisible();
  await expect(page.getByText("Your name is saved.")).toHaveCount(0);
});

test("a page whose code does not arrive says so, and comes at the next try", async ({ page, carnet, context, watch }) => {
  watch.expectsNoConnection();
  const ada = await enter(page, carnet);
  await page.context().clearCookies();
  let isAway = true;
  await context.route(/split_pages/, (route) => (isAway ? route.abort() : route.continue()));
  await open(page, "/login");
  watch.expectsFailedModule();
  await sendLogin(page, ada.username, ada.password);
  await expect(heading(page, "This page could not be loaded")).toBeVisible();
  isAway = false;
  await page.getByRole("link", { name: "Try again" }).click();
  await expect(heading(page, ada.username)).toBeVisible();
});
