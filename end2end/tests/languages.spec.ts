import { alive, arrival, open } from "../support/alive.ts";
import { somebody } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test.use({ locale: "de-DE" });

test("a browser that asks for German reads German on every page", async ({ page }) => {
  const ada = somebody();
  await open(page, "/register");
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await page.getByRole("button", { name: "Konto anlegen" }).click();
  await expect(page.getByRole("alert")).toContainText("3 Angaben stimmen noch nicht");
  await expect(page.getByLabel("Benutzername")).toHaveAccessibleDescription(/Wählen Sie einen Benutzernamen/);
  await page.getByLabel("E-Mail-Adresse").fill(ada.email);
  await page.getByLabel("Benutzername").fill(ada.username);
  await page.getByLabel("Passwort", { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: "Konto anlegen" }).click();
  await arrival(page, "/profile");
  await expect(page).toHaveTitle("Profil · Carnet");
  await expect(page.getByText(/^Dabei seit \d+\. \p{L}+ \d{4}$/u)).toBeVisible();
  await page.getByRole("link", { name: "Geräte" }).click();
  await expect(page).toHaveTitle("Geräte · Carnet");
  await expect(page.getByText("Dieses Gerät")).toBeVisible();
  await page.reload();
  await alive(page);
  await expect(page.getByText("Sie sind sonst nirgends angemeldet.")).toBeVisible();
});
