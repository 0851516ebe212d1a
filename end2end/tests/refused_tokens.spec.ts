import type { Page, Route } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { button, expectSignedIn, expectSignedOut, field, rename, sendName, summary, unfold } from "../support/page.ts";
import { nextRefresh, problem, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";

/** As many as a page for each of them bears; a native test of the client has fifty in one page. */
const TABS = 10;
const ME = "**/api/me";

/** Answers like a server to which no token will do. */
function refuse(route: Route): Promise<void> {
  return route.fulfill(problem(401, "invalid_token"));
}

async function typeName(page: Page, name: string): Promise<void> {
  await unfold(page, "Edit name");
  await field(page, "Name").fill(name);
}

test(`${TABS} requests with a token that is refused cost one refresh`, async ({ page, carnet, context, watch }) => {
  watch.expects(401, "/api/me");
  const ada = await enter(page, carnet);
  const tabs = [page];
  while (tabs.length < TABS) tabs.push(await context.newPage());
  for (const tab of tabs) await open(tab, "/profile");
  await rename(page, "Ada before");
  const traffic = new Traffic(context);
  const first = new Set<string>();
  let refusedAll = () => {};
  const all = new Promise<void>((resolve) => (refusedAll = resolve));
  // Each waits for the others, so that all of them have the same token.
  await context.route(ME, async (route) => {
    const body = route.request().postData()!;
    if (first.has(body)) return route.continue();
    first.add(body);
    if (first.size === TABS) refusedAll();
    await all;
    await refuse(route);
  });
  for (const [index, tab] of tabs.entries()) {
    await typeName(tab, `Ada of tab ${index}`);
    await button(tab, "Save name").click();
  }
  for (const tab of tabs) await expect(field(tab, "Name")).toBeHidden();
  expect(traffic.statuses("POST", REFRESH)).toEqual([200]);
  expect(traffic.statuses("PATCH", "/api/me").sort()).toEqual([
    ...Array<number>(TABS).fill(200),
    ...Array<number>(TABS).fill(401),
  ]);
  for (const tab of tabs) await expectSignedIn(tab, ada);
});

test("a server that refuses every token is asked twice, and then the form says so", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expects(401, "/api/me");
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const traffic = new Traffic(context);
  await context.route(ME, refuse);
  await unfold(page, "Edit name");
  await sendName(page, "Ada meanwhile");
  await expect(summary(page)).toBeFocused();
  expect(traffic.statuses("PATCH", "/api/me")).toEqual([401, 401]);
  expect(traffic.statuses("POST", REFRESH)).toEqual([200]);
  await expectSignedIn(page, ada);
  await expect(field(page, "Name")).toHaveValue("Ada meanwhile");

  await context.unroute(ME);
  await button(page, "Save name").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada meanwhile");
  await expectSignedIn(page, ada);
});

test("a server that refuses the refresh as well signs out, once", async ({ page, carnet, context, watch }) => {
  watch.expects(401, "/api/me");
  watch.expects(401, REFRESH);
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  await open(other, "/profile");
  await open(page, "/profile");
  await rename(page, "Ada before");
  const traffic = new Traffic(context);
  await context.route(ME, refuse);
  await context.route(`**${REFRESH}`, (route) => route.fulfill(problem(401, "session_ended")));
  const refused = nextRefresh(context);
  await unfold(page, "Edit name");
  await sendName(page, "Not any more");
  expect((await refused).status()).toBe(401);
  for (const tab of [page, other]) {
    await expect(tab.getByRole("main")).toContainText("You were signed out on another device");
    await expectSignedOut(tab, ada);
  }
  expect(traffic.statuses("PATCH", "/api/me")).toEqual([401]);
  expect(traffic.count("POST", REFRESH)).toBe(1);
});
