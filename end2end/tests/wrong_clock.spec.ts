import { open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { refreshInTime, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

const DAY = 24 * 3_600_000;
const EXPIRIES = 3;

for (const [what, wrong] of [["ahead", DAY], ["behind", -DAY]] as const) {
  test(`a device whose clock is a day ${what} stays signed in, and asks no more often`, async ({
    page,
    carnet,
    context,
  }) => {
    const ada = await enter(page, carnet);
    await page.clock.install({ time: Date.now() + wrong });
    const traffic = new Traffic(context);
    await open(page, "/profile");
    expect(Math.abs((await page.evaluate(() => Date.now())) - Date.now() - wrong)).toBeLessThan(60_000);
    await rename(page, "Ada before");
    for (let expiry = 1; expiry <= EXPIRIES; expiry += 1) expect(await refreshInTime(page)).toBe(200);
    await rename(page, "Ada after");
    await reload(page);
    await expectSignedIn(page, ada);
    await rename(page, "Ada, once more");
    expect(traffic.refusals()).toEqual([]);
    // The first because the account was made without the page.
    expect(traffic.count("POST", REFRESH)).toBe(1 + EXPIRIES);
  });
}

for (const [what, jump] of [["forward", DAY], ["back", -DAY]] as const) {
  test(`a clock that is set ${what} while a page is open costs one refresh at most`, async ({
    page,
    carnet,
    context,
  }) => {
    const ada = await enter(page, carnet);
    await turnClock(page);
    const traffic = new Traffic(context);
    await open(page, "/profile");
    await rename(page, "Ada before");
    await page.clock.setSystemTime(Date.now() + jump);
    await rename(page, "Ada at that moment");
    expect(traffic.count("POST", REFRESH)).toBeLessThanOrEqual(2);
    expect(await refreshInTime(page)).toBe(200);
    await rename(page, "Ada after");
    await reload(page);
    await expectSignedIn(page, ada);
    expect(traffic.refusals()).toEqual([]);
  });
}
