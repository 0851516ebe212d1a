import type { Page } from "@playwright/test";
import { arrival, open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { button, expectSignedIn, expectSignedOut, rename } from "../support/page.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { refreshInTime, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

/** What browsers do in private windows, by a setting, or when there is no room. */
const TROUBLES: Record<string, () => void> = {
  "that cannot be reached": () => {
    const get = () => {
      throw new DOMException("The document may not.", "SecurityError");
    };
    for (const area of ["localStorage", "sessionStorage"]) Object.defineProperty(window, area, { get });
  },
  "that is not there": () => {
    for (const area of ["localStorage", "sessionStorage"]) Object.defineProperty(window, area, { value: null });
  },
  "that throws at every call": () => {
    for (const call of ["getItem", "setItem", "removeItem"] as const) {
      Storage.prototype[call] = () => {
        throw new DOMException("The document may not.", "SecurityError");
      };
    }
  },
  "that is full": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("There is no room.", "QuotaExceededError");
    };
  },
  "that fills up later": () => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, value) {
      if (key !== "carnet.probe") throw new DOMException("There is no room.", "QuotaExceededError");
      setItem.call(this, key, value);
    };
  },
};

for (const [what, trouble] of Object.entries(TROUBLES)) {
  test(`a storage ${what} signs nobody out, and signing out works`, async ({ page, carnet, context }) => {
    const ada = await enter(page, carnet);
    await turnClock(page);
    await context.addInitScript(trouble);
    const traffic = new Traffic(context);
    await open(page, "/profile");
    await rename(page, "Ada before");
    expect(await refreshInTime(page)).toBe(200);
    await reload(page);
    await expectSignedIn(page, ada);
    await rename(page, "Ada after");
    expect(traffic.refusals()).toEqual([]);
    await button(page, "Sign out").click();
    await arrival(page, "/");
    await open(page, "/profile");
    await expectSignedOut(page, ada);
  });
}

/** Takes away all that is kept in this tab and for all tabs. */
function clear(page: Page): Promise<void> {
  return page.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
}

test("who clears the storage by hand stays signed in, at once and after a reload", async ({
  page,
  carnet,
  context,
}) => {
  await turnClock(page);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  const other = await context.newPage();
  await open(page, "/profile");
  await open(other, "/profile");
  await rename(page, "Ada before");
  await clear(page);
  await rename(page, "Ada between");
  expect(await refreshInTime(page)).toBe(200);
  await clear(page);
  await reload(page);
  await expectSignedIn(page, ada);
  await rename(page, "Ada after");
  await rename(other, "Ada of the other tab");
  for (const tab of [page, other]) await expectSignedIn(tab, ada);
  expect(traffic.refusals()).toEqual([]);
});

/** Values that other programs, older versions or a crash may have left. */
const JUNK = [
  "",
  "{",
  "null",
  "[]",
  "42",
  "-1",
  "18446744073709551615",
  '"carnet"',
  '{"session":42}',
  '{"session":"x","attempt":"short"}',
  '{"session":"zzzz","previous":{}}',
  '{"access_token":"x","refresh_token":"y","expires":1}',
  '{"attempt":null,"access_token":"x","lifetime_ms":"long","received_at":0,"user":{}}',
];

test("what cannot be read in the storage is thrown away, and nobody is signed out", async ({
  page,
  carnet,
  context,
}) => {
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  for (const junk of JUNK) {
    await page.evaluate((junk) => {
      for (const key of ["carnet.epoch", "carnet.session", "carnet.tokens"]) {
        localStorage.setItem(key, junk);
        sessionStorage.setItem(key, junk);
      }
    }, junk);
    await reload(page);
    await expectSignedIn(page, ada);
    await rename(page, `Ada after ${junk}`);
  }
  expect(traffic.refusals()).toEqual([]);
  await button(page, "Sign out").click();
  await arrival(page, "/");
  await expectSignedOut(page, ada);
});

test("a session in the storage that never was costs one more question, and nobody is signed out", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expects(409, REFRESH);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/");
  await page.evaluate(() => localStorage.setItem("carnet.session", '{"session":"zzzz"}'));
  const refreshed = nextRefresh(context);
  await open(page, "/profile");
  expect((await refreshed).status()).toBe(409);
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.statuses("POST", REFRESH).slice(0, 2)).toEqual([409, 200]);
});
