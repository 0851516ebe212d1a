import { arrival, open } from "../support/alive.ts";
import { account, enter } from "../support/account.ts";
import { sessionCookies } from "../support/cookies.ts";
import { expectSignedIn, header, rename, sendLogin } from "../support/page.ts";
import { expect, test } from "../support/test.ts";

declare global {
  interface Window {
    /** Everything that the page has shown since it began to load. */
    shown: Set<string>;
  }
}

test("a page comes signed in from the server", async ({ page, carnet, newDevice }) => {
  const ada = await enter(page, carnet);
  const plain = await newDevice({
    javaScriptEnabled: false,
    storageState: await page.context().storageState(),
  });
  for (const path of ["/", "/profile", "/sessions", "/nowhere"]) {
    const html = await (await plain.request.get(path)).text();
    expect(html, path).toContain(`>${ada.username}</span>`);
  }
  await plain.goto("/profile");
  await expectSignedIn(plain, ada);
  await expect(plain.getByRole("main")).toContainText(ada.email);
});

test("nothing of a signed-out page is ever shown to who is signed in", async ({ page, carnet }) => {
  const ada = await enter(page, carnet);
  await page.addInitScript(() => {
    window.shown = new Set();
    const note = () => window.shown.add(document.body?.innerText ?? "");
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
  });
  for (const path of ["/", "/profile", "/sessions"]) {
    await open(page, path);
    await expectSignedIn(page, ada);
    const shown = (await page.evaluate(() => [...window.shown])).join("\n");
    expect(shown, path).toContain(ada.username);
    for (const words of ["Sign in\n", "Create account", "One moment", "You are signed out", "Looking up"]) {
      expect(shown, path).not.toContain(words);
    }
  }
});

test("the token that a script could read is neither in the page nor in a cookie of script", async ({ page, carnet }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada Lovelace");
  expect(await page.evaluate(() => document.cookie)).toBe("");
  const [cookie] = await sessionCookies(page.context());
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  expect(stored).not.toContain(cookie!.value);
  const html = await (await page.request.get("/profile")).text();
  expect(html).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  expect(html).not.toContain(cookie!.value);
});

test("without being remembered the cookie goes with the browser", async ({ page, carnet }) => {
  const ada = await account(carnet);
  await open(page, "/login");
  await page.getByLabel("Keep me signed in on this device").uncheck();
  await sendLogin(page, ada.username, ada.password);
  await arrival(page, "/profile");
  const [cookie] = await sessionCookies(page.context());
  expect(cookie?.expires).toBe(-1);
});

test("a page that nobody knows still knows who is there", async ({ page, carnet, watch }) => {
  const ada = await enter(page, carnet);
  watch.expects(404, "/nowhere");
  const answer = await page.goto("/nowhere");
  expect(answer?.status()).toBe(404);
  await expectSignedIn(page, ada);
  await expect(header(page).getByRole("link", { name: "Profile" })).toBeVisible();
});
