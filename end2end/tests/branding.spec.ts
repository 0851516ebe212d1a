import { enter } from "../support/account.ts";
import { open } from "../support/alive.ts";
import { somebodyLong } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

/** As long as a name may be. */
const NAME = "Genossenschaftsteeküchen Fichtelgebirges";

test.use({ settings: { "site.name": NAME, "site.accent": "#7a1f3d", "site.links": "Imprint /imprint" } });

test("a site goes by its name, its colour and its links", async ({ page }) => {
  await open(page, "/login");
  await expect(page).toHaveTitle(`Sign in · ${NAME}`);
  await expect(page.getByRole("banner").getByRole("link", { name: NAME })).toBeVisible();
  const button = page.getByRole("button", { name: "Sign in" });
  await expect(button).toHaveCSS("background-color", "rgb(122, 31, 61)");
  await expect(page.getByRole("link", { name: "Imprint" })).toHaveAttribute("href", "/imprint");
});

test("the longest name of a site and of a person fit into the header of a telephone", async ({ page, carnet }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  await open(page, "/login");
  expect(await width()).toBe(320);
  await enter(page, carnet, somebodyLong());
  await open(page, "/profile");
  expect(await width()).toBe(320);
});
