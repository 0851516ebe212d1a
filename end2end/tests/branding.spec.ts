import { open } from "../support/alive.ts";
import { expect, test } from "../support/test.ts";

test.use({ settings: { "site.name": "Teeküche", "site.accent": "#7a1f3d", "site.links": "Imprint /imprint" } });

test("a site goes by its name, its colour and its links", async ({ page }) => {
  await open(page, "/login");
  await expect(page).toHaveTitle("Sign in · Teeküche");
  await expect(page.getByRole("banner").getByRole("link", { name: "Teeküche" })).toBeVisible();
  const button = page.getByRole("button", { name: "Sign in" });
  await expect(button).toHaveCSS("background-color", "rgb(122, 31, 61)");
  await expect(page.getByRole("link", { name: "Imprint" })).toHaveAttribute("href", "/imprint");
});
