import type { Locator, Page } from "@playwright/test";
import { arrival, open } from "../support/alive.ts";
import { account, enter } from "../support/account.ts";
import { button, expectSignedIn, expectSignedOut, field, header } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

/** Enough for every page. */
const MOST_STEPS = 25;

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press("Tab");
    await expectVisibleFocus(page);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${target} is not reached by the Tab key`);
}

async function expectVisibleFocus(page: Page): Promise<void> {
  const focused = page.locator(":focus");
  await expect(focused).toBeInViewport();
  const { outlineStyle, outlineWidth } = await focused.evaluate((element) => {
    // Some draw it around the box that they stand in.
    const drawn = [element, element.parentElement!].map((it) => getComputedStyle(it));
    const { outlineStyle, outlineWidth } = drawn.find((it) => it.outlineStyle !== "none") ?? drawn[0]!;
    return { outlineStyle, outlineWidth };
  });
  expect(outlineStyle).not.toBe("none");
  expect(Number.parseFloat(outlineWidth)).toBeGreaterThanOrEqual(2);
}

test("signing in and out works with the keyboard alone", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  await tabTo(page, field(page, "Username or e-mail"));
  await page.keyboard.type(ada.username);
  await page.keyboard.press("Tab");
  await expect(field(page, "Password")).toBeFocused();
  await page.keyboard.type(ada.password);
  await tabTo(page, page.getByLabel("Keep me signed in on this device"));
  await page.keyboard.press("Space");
  await tabTo(page, button(page, "Sign in"));
  await page.keyboard.press("Enter");
  await arrival(page, "/profile");
  await expectSignedIn(page, ada);
  await tabTo(page, header(page).getByRole("button", { name: "Sign out" }));
  await page.keyboard.press("Space");
  await page.waitForURL("/");
  await expectSignedOut(page, ada);
});

test("the first Tab offers to skip to the content", async ({ page }) => {
  await open(page, "/login");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const main = page.getByRole("main");
  expect(await main.evaluate((element) => element.contains(document.activeElement))).toBe(true);
});

test("a password can be shown and hidden with the keyboard", async ({ page }) => {
  await open(page, "/login");
  await field(page, "Password").fill("the kettle");
  await page.keyboard.press("Tab");
  await expect(button(page, "Show password")).toBeFocused();
  await page.keyboard.press("Space");
  await expect(field(page, "Password")).toHaveAttribute("type", "text");
  await expect(button(page, "Hide password")).toBeFocused();
  await page.keyboard.press("Space");
  await expect(field(page, "Password")).toHaveAttribute("type", "password");
  await expect(field(page, "Password")).toHaveValue("the kettle");
});

test("a name is changed with the keyboard alone", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await tabTo(page, page.locator("summary", { hasText: "Edit name" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await expect(field(page, "Name")).toBeFocused();
  await page.keyboard.type("Ada Lovelace");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada Lovelace");
  await expect(page.getByText("Your name is saved.")).toBeFocused();
});
