import { account, enter } from "../support/account.ts";
import { alive, open, reload } from "../support/alive.ts";
import { LEPTOS_APP } from "../support/carnet.ts";
import { button, field, header, sendLogin, sendName, sendRegistration, summary } from "../support/page.ts";
import { somebody, WRONG_PASSWORD } from "../support/person.ts";
import { REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { refreshInTime, turnClock } from "../support/time.ts";
import {
  addTodo,
  enterTodos,
  expectSameDocument,
  expectTodosOf,
  markDocument,
  todo,
  unfoldMenu,
} from "../support/todos.ts";
import { Traffic } from "../support/traffic.ts";

test.use({ program: LEPTOS_APP });

test("somebody signs up on the app's page, and what they add is there later", async ({ page }) => {
  const ada = somebody();
  await open(page, "/register");
  await sendRegistration(page, ada);
  await expectTodosOf(page, ada);
  await addTodo(page, "Put the water on");
  await expect(field(page, "New todo")).toHaveValue("");
  await reload(page);
  await expect(todo(page, "Put the water on")).toBeVisible();

  await button(page, "Done: Put the water on").click();
  await expect(button(page, "Reopen: Put the water on")).toBeVisible();
  await reload(page);
  await button(page, "Delete: Put the water on").click();
  await expect(page.getByRole("listitem")).toHaveCount(0);
  await reload(page);
  await expect(page.getByRole("listitem")).toHaveCount(0);
});

test("the todos of one account are not those of another", async ({ page, carnet, newDevice }) => {
  const [ada, grace] = [await account(carnet), await account(carnet)];
  await enterTodos(page, ada);
  await addTodo(page, "For Ada alone");
  const other = await newDevice();
  await enterTodos(other, grace);
  await addTodo(other, "For Grace alone");
  await expect(other.getByRole("listitem")).toHaveCount(1);
  // Whatever the number of a todo is, only its owner's call changes it.
  const id = await todo(page, "For Ada alone").locator("input[name=id]").first().inputValue();
  await todo(other, "For Grace alone").locator("input[name=id]").last().evaluate((it, id) => it.setAttribute("value", id), id);
  await button(other, "Delete: For Grace alone").click();
  await reload(page);
  await expect(todo(page, "For Ada alone")).toBeVisible();
});

test("a guarded page leads to sign in by an empty answer, and back", async ({ page, carnet }) => {
  const ada = await account(carnet);
  const led = await page.request.get("/todos", { maxRedirects: 0 });
  expect(led.status()).toBe(303);
  expect(led.headers()["location"]).toBe("/login?next=/todos");
  expect(await led.text()).toBe("");
  await open(page, "/todos");
  await expect(page).toHaveURL("/login?next=/todos");
  await sendLogin(page, ada.username, ada.password);
  await expectTodosOf(page, ada);
});

test("who signs in after a guard comes to the page that it guards, also from the page to sign in on", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  await markDocument(page);
  await page.evaluate(() => {
    const link = Object.assign(document.createElement("a"), { href: "/account", textContent: "To the account" });
    document.querySelector("main")!.append(link);
    link.click();
  });
  await expect(page).toHaveURL("/login?next=/account");
  await sendLogin(page, ada.username, ada.password);
  await expect(page).toHaveURL("/account");
  await expectSameDocument(page);
});

test("what was done is said on its page, and not on the next", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await enterTodos(page, ada);
  await open(page, "/account");
  await sendName(page, "Ada Lovelace");
  await expect(page.getByText("Your name is saved.")).toBeFocused();
  await header(page).getByRole("link", { name: "Todos" }).click();
  await expect(page).toHaveURL("/todos");
  await expect(page.getByText("Your name is saved.")).toHaveCount(0);
});

test("a wrong password is said", async ({ page, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expects(401, "/api/auth/login");
  await open(page, "/login");
  await sendLogin(page, ada.username, WRONG_PASSWORD);
  await expect(summary(page)).toHaveText("The username or the password is wrong");
  await expect(page).toHaveURL("/login");
});

test("from page to page, people are led to sign in and back without a document", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/");
  await markDocument(page);
  await header(page).getByRole("link", { name: "Todos" }).click();
  await expect(page).toHaveURL("/login?next=/todos");
  await sendLogin(page, ada.username, ada.password);
  await expectTodosOf(page, ada);
  await addTodo(page, "Without a document");
  await expectSameDocument(page);
});

test("a page for administrators is refused to others before it is rendered", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  watch.expects(403, "/admin");
  const refused = await page.goto("/admin");
  expect(refused!.status()).toBe(403);
  expect(await refused!.text()).not.toContain("Accounts");
  await open(page, "/todos");
  await addTodo(page, "Become an administrator");

  await carnet.command("user", "role", ada.username, "--add", "admin");
  await expect(async () => {
    await open(page, "/admin");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Accounts", { timeout: 500 });
  }).toPass();
  await expect(page.getByRole("row").filter({ hasText: ada.username }).getByRole("cell").last()).toHaveText("1");
});

test("a server function still works when the access token has expired", async ({ page, carnet, context }) => {
  await turnClock(page);
  const ada = await account(carnet);
  await enterTodos(page, ada);
  const traffic = new Traffic(context);
  expect(await refreshInTime(page)).toBe(200);
  await addTodo(page, "After the token");
  expect(traffic.refusals()).toEqual([]);
  expect(traffic.count("POST", REFRESH)).toBe(1);
});

test("signing out in one tab signs out the other", async ({ page, carnet, context }) => {
  const ada = await account(carnet);
  await enterTodos(page, ada);
  await addTodo(page, "Leave together");
  const other = await context.newPage();
  await open(other, "/todos");
  await expect(todo(other, "Leave together")).toBeVisible();
  await unfoldMenu(page, ada);
  await button(page, "Sign out").click();
  await page.waitForURL("/");
  await alive(page);
  await expect(other).toHaveURL("/login?next=/todos");
  for (const tab of [page, other]) {
    await expect(header(tab).getByRole("link", { name: "Sign in" })).toBeVisible();
    for (const secret of [ada.username, ada.email, "Leave together"]) {
      await expect(tab.locator("body")).not.toContainText(secret);
    }
  }
});

test("an address with nothing behind it is answered 404, by a page of the app", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  watch.expects(404, "/nowhere");
  const answer = await page.goto("/nowhere");
  expect(answer!.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  await expect(header(page).getByText(ada.username, { exact: true })).toBeVisible();
});

test("the account's own page changes the name and lists the devices", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await enterTodos(page, ada);
  await markDocument(page);
  await unfoldMenu(page, ada);
  await header(page).getByRole("link", { name: "Profile" }).click();
  await expect(page).toHaveURL("/account");
  await sendName(page, "Ada Lovelace");
  await expect(page.getByText("Your name is saved.")).toBeVisible();
  await expect(page.getByText("This device")).toBeVisible();
  await expectSameDocument(page);
});

test.describe("without script", () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ watch }) => watch.expectsUnusedScript());

  test("plain forms sign in, add a todo, change the account and sign out", async ({ page, carnet }) => {
    const ada = await account(carnet);
    await page.goto("/todos");
    await expect(page).toHaveURL("/login?next=/todos");
    await sendLogin(page, ada.username, WRONG_PASSWORD);
    await expect(summary(page)).toHaveText("The username or the password is wrong");
    await sendLogin(page, ada.username, ada.password);
    await expectTodosOf(page, ada);

    await addTodo(page, "Without script");
    // Leptos leads back with an empty query.
    await expect(page).toHaveURL(/\/todos\?$/);
    await button(page, "Done: Without script").click();
    await expect(button(page, "Reopen: Without script")).toBeVisible();

    await unfoldMenu(page, ada);
    await header(page).getByRole("link", { name: "Profile" }).click();
    await sendName(page, "Ada Lovelace");
    await expect(page.getByText("Your name is saved.")).toBeVisible();
    await expect(field(page, "Name")).toHaveValue("Ada Lovelace");
    await expect(page.getByText("This device")).toBeVisible();

    await unfoldMenu(page, ada);
    await button(page, "Sign out").click();
    await expect(page).toHaveURL("/");
    await expect(header(page).getByRole("link", { name: "Sign in" })).toBeVisible();
    await page.goto("/todos");
    await expect(page).toHaveURL("/login?next=/todos");
  });
});
