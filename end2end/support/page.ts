import { expect, type Locator, type Page } from "@playwright/test";
import type { Person } from "./person.ts";

export function header(page: Page): Locator {
  return page.getByRole("banner");
}

export function summary(page: Page): Locator {
  return page.getByRole("alert");
}

export function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

export function field(page: Page, label: string): Locator {
  return page.getByLabel(label, { exact: true });
}

export async function expectSignedIn(page: Page, person: Person): Promise<void> {
  await expect(header(page).getByText(person.username, { exact: true })).toBeVisible();
  await expect(header(page).getByRole("button", { name: "Sign out" })).toBeVisible();
  await expect(header(page).getByRole("link", { name: "Sign in" })).toHaveCount(0);
}

export async function expectSignedOut(page: Page, person: Person): Promise<void> {
  await expect(header(page).getByRole("link", { name: "Sign in" })).toBeVisible();
  await expect(header(page).getByRole("button", { name: "Sign out" })).toHaveCount(0);
  await expect(page.locator("body")).not.toContainText(person.username);
  await expect(page.locator("body")).not.toContainText(person.email);
}

/** Signs out, and waits for the page after it: a tab that is closed on its way there can hang. */
export async function signOut(page: Page): Promise<void> {
  const loaded = page.waitForEvent("load");
  await button(page, "Sign out").click();
  await loaded;
}

export async function sendLogin(page: Page, login: string, password: string): Promise<void> {
  await field(page, "Username or e-mail").fill(login);
  await field(page, "Password").fill(password);
  await button(page, "Sign in").click();
}

export async function sendRegistration(page: Page, person: Person): Promise<void> {
  await field(page, "E-mail").fill(person.email);
  await field(page, "Username").fill(person.username);
  await field(page, "Password").fill(person.password);
  await button(page, "Create account").click();
}

/** Opens a folded form. */
export async function unfold(page: Page, label: string): Promise<void> {
  await page.locator("summary", { hasText: label }).click();
}

export async function sendName(page: Page, name: string): Promise<void> {
  await field(page, "Name").fill(name);
  await button(page, "Save name").click();
}

/** Changes the name on the profile, from the folded form to the new heading. */
export async function rename(page: Page, name: string): Promise<void> {
  await unfold(page, "Edit name");
  await sendName(page, name);
  await expect(page.getByRole("heading", { level: 1, name, exact: true })).toBeVisible();
  await expect(field(page, "Name")).toBeHidden();
}

export async function sendNewPassword(page: Page, present: string, next: string): Promise<void> {
  await field(page, "Present password").fill(present);
  await field(page, "New password").fill(next);
  await button(page, "Change password").click();
}
