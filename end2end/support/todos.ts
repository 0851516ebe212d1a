import { expect, type Locator, type Page } from "@playwright/test";
import { alive, open } from "./alive.ts";
import { button, field, header, sendLogin } from "./page.ts";
import type { Person } from "./person.ts";

export function todo(page: Page, text: string): Locator {
  return page.getByRole("listitem").filter({ hasText: text });
}

export async function addTodo(page: Page, text: string): Promise<void> {
  await field(page, "New todo").fill(text);
  await button(page, "Add").click();
  await expect(todo(page, text)).toBeVisible();
}

/** Signs in on the app's own page, by its address, and comes to the todos. */
export async function enterTodos(page: Page, person: Person): Promise<void> {
  await open(page, "/login");
  await sendLogin(page, person.username, person.password);
  await expectTodosOf(page, person);
  await alive(page);
}

/** Unfolds what the header offers. */
export function unfoldMenu(page: Page, person: Person): Promise<void> {
  return header(page).getByText(person.username, { exact: true }).click();
}

export async function expectTodosOf(page: Page, person: Person): Promise<void> {
  await expect(page).toHaveURL("/todos");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Your todos");
  await expect(header(page).getByText(person.username, { exact: true })).toBeVisible();
}

/** Leaves a mark that goes when a document is loaded. */
export function markDocument(page: Page): Promise<void> {
  return page.evaluate(() => void (document.body.dataset.marked = "yes"));
}

/** Says that no document was loaded since it was marked. */
export async function expectSameDocument(page: Page): Promise<void> {
  await expect(page.locator("body[data-marked=yes]")).toBeAttached();
}
