import type { Page } from "@playwright/test";
import { arrival, open } from "../support/alive.ts";
import { account, enter, lookElsewhere, signInElsewhere } from "../support/account.ts";
import type { Carnet } from "../support/carnet.ts";
import { DEVICES } from "../support/devices.ts";
import { button, expectSignedIn, field, rename, sendLogin, sendName, unfold } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";

async function expectAnother(page: Page, person: Person, former: Person): Promise<void> {
  await expectSignedIn(page, person);
  await expect(page.getByRole("status").filter({ hasText: `You are now signed in as ${person.username}.` })).toBeVisible();
  await expect(page.locator("body")).not.toContainText(former.username);
  await expect(page.locator("body")).not.toContainText(former.email);
}

async function nameOf(carnet: Carnet, person: Person): Promise<string> {
  const elsewhere = await signInElsewhere(carnet, person, DEVICES.safariOnPhone);
  return (await lookElsewhere<{ name: string }>(carnet, elsewhere, "/api/me")).name;
}

test("an older tab says who is signed in now", async ({ page, carnet, context }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada Lovelace");
  const other = await context.newPage();
  const grace = await enter(other, carnet);
  await open(other, "/profile");
  await expectSignedIn(other, grace);
  await expectAnother(page, grace, ada);
  await rename(page, "Grace Hopper");
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("Grace Hopper");
});

test("what was begun as one person is never done as another", async ({ page, carnet, context, watch }) => {
  watch.expects(401, "/api/me");
  watch.expects(409, REFRESH);
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada Lovelace");
  await unfold(page, "Edit name");
  await field(page, "Name").fill("Ada King");
  // No tab hears of this: as if it were done without script.
  const other = await context.newPage();
  const grace = await enter(other, carnet);
  await button(page, "Save name").click();
  await expectAnother(page, grace, ada);
  // Not even what was typed is left to them.
  await expect(field(page, "Name")).toBeHidden();
  await expect(field(page, "Name")).toHaveValue("");
  expect(await nameOf(carnet, grace)).toBe("");
  expect(await nameOf(carnet, ada)).toBe("Ada Lovelace");
  await rename(page, "Grace Hopper");
  expect(await nameOf(carnet, grace)).toBe("Grace Hopper");
  expect(await nameOf(carnet, ada)).toBe("Ada Lovelace");
});

test("what is on its way while somebody else signs in is not sent again as them", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expects(401, "/api/me");
  const grace = await account(carnet);
  const other = await context.newPage();
  await open(other, "/login");
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  const begun = new Promise<() => Promise<void>>((resolve) => {
    page.route("/api/me", (route) => resolve(() => route.continue()), { times: 1 });
  });
  await unfold(page, "Edit name");
  await sendName(page, "Ada King");
  const goOn = await begun;
  let sent = 0;
  page.on("request", (request) => (sent += Number(request.method() === "PATCH")));
  // The page for signing in has heard of Ada and has gone to her profile.
  await arrival(other, "/profile");
  await button(other, "Sign out").click();
  await arrival(other, "/");
  await open(other, "/login");
  await sendLogin(other, grace.username, grace.password);
  await other.waitForURL("/profile");
  await expectSignedIn(page, grace);
  const refused = page.waitForResponse((it) => it.request().method() === "PATCH");
  await goOn();
  expect((await refused).status()).toBe(401);
  await expectAnother(page, grace, ada);
  expect(await nameOf(carnet, grace)).toBe("");
  expect(sent).toBe(0);
});
