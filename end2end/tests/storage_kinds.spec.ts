import type { BrowserContext, Page } from "@playwright/test";
import { arrival, open, reload } from "../support/alive.ts";
import { account } from "../support/account.ts";
import { Carnet } from "../support/carnet.ts";
import { sessionCookies } from "../support/cookies.ts";
import { button, expectSignedIn, expectSignedOut, rename, sendLogin } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { expect, test } from "../support/test.ts";
import { refreshInTime, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

interface Kept {
  sessionStorage: boolean;
  localStorage: boolean;
  cookies: number;
}

/** By delivery and storage, where tokens lie. */
const KINDS: [string, string, Kept][] = [
  ["cookie", "session", { sessionStorage: true, localStorage: false, cookies: 1 }],
  ["cookie", "local", { sessionStorage: false, localStorage: true, cookies: 1 }],
  ["cookie", "memory", { sessionStorage: false, localStorage: false, cookies: 1 }],
  // What one tab keeps to itself the next rotation in another tab would make stale.
  ["body", "session", { sessionStorage: false, localStorage: true, cookies: 0 }],
  ["body", "local", { sessionStorage: false, localStorage: true, cookies: 0 }],
];

async function withServer(delivery: string, storage: string, use: (carnet: Carnet) => Promise<void>): Promise<void> {
  const carnet = await Carnet.start({
    "limits.enabled": "false",
    "client.delivery": delivery,
    "client.storage": storage,
  });
  try {
    await use(carnet);
  } finally {
    await carnet.remove();
  }
}

async function signIn(page: Page, carnet: Carnet): Promise<Person> {
  const ada = await account(carnet);
  await open(page, `${carnet.url}/login`);
  await sendLogin(page, ada.username, ada.password);
  return ada;
}

async function kept(page: Page, context: BrowserContext): Promise<Kept> {
  const where = await page.evaluate(() => ({
    sessionStorage: "carnet.tokens" in sessionStorage,
    localStorage: "carnet.tokens" in localStorage,
  }));
  return { ...where, cookies: (await sessionCookies(context)).length };
}

for (const [delivery, storage, where] of KINDS) {
  test(`with ${delivery} and ${storage} people stay signed in past expiries and reloads, and sign out`, async ({
    page,
    context,
  }) => {
    await withServer(delivery, storage, async (carnet) => {
      const traffic = new Traffic(context);
      await turnClock(page);
      const ada = await signIn(page, carnet);
      await arrival(page, `${carnet.url}/profile`);
      await rename(page, "Ada before");
      for (let expiry = 1; expiry <= 2; expiry += 1) expect(await refreshInTime(page)).toBe(200);
      await rename(page, "Ada between");
      expect(await kept(page, context)).toEqual(where);
      await reload(page);
      await expectSignedIn(page, ada);
      await rename(page, "Ada after");
      await button(page, "Sign out").click();
      await arrival(page, `${carnet.url}/`);
      await open(page, `${carnet.url}/profile`);
      await expectSignedOut(page, ada);
      expect(await kept(page, context)).toEqual({ sessionStorage: false, localStorage: false, cookies: 0 });
      expect(traffic.refusals()).toEqual([]);
    });
  });
}

test("with body and memory nothing outlives a page, and the next one shows nobody signed in", async ({
  page,
  context,
}) => {
  await withServer("body", "memory", async (carnet) => {
    const ada = await signIn(page, carnet);
    await expectSignedIn(page, ada);
    await reload(page);
    await expectSignedOut(page, ada);
    expect(await kept(page, context)).toEqual({ sessionStorage: false, localStorage: false, cookies: 0 });
  });
});
