import type { CDPSession, Page } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";
import { canHide, hide, show } from "../support/visibility.ts";

const HOUR = 3_600_000;

/** What a night does to an open page, beside that hours pass. */
const NIGHTS: Record<string, (page: Page, pass: () => Promise<void>) => Promise<void>> = {
  "stopped its timers": async (page, pass) => {
    await pass();
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
  },
  "ran its timers late": async (page) => page.clock.fastForward(9 * HOUR),
  "froze it in the background": async (page, pass) => {
    const session = await page.context().newCDPSession(page);
    await hide(page);
    await freeze(session, "frozen");
    await pass();
    await freeze(session, "active");
    await show(page);
  },
};

function freeze(session: CDPSession, state: "frozen" | "active"): Promise<unknown> {
  return session.send("Page.setWebLifecycleState", { state });
}

for (const [what, night] of Object.entries(NIGHTS)) {
  test(`a laptop whose sleep ${what} wakes signed in, with one refresh`, async ({ page, carnet, context }) => {
    const ada = await enter(page, carnet);
    await canHide(context);
    await page.clock.install();
    const traffic = new Traffic(context);
    await open(page, "/profile");
    await rename(page, "Ada in the evening");
    expect(traffic.count("POST", REFRESH)).toBe(1);

    const refreshed = nextRefresh(context);
    await night(page, async () => page.clock.setSystemTime(Date.now() + 9 * HOUR));
    expect((await refreshed).status()).toBe(200);
    await expectSignedIn(page, ada);
    await rename(page, "Ada in the morning");
    expect(traffic.count("POST", REFRESH)).toBe(2);
    expect(traffic.refusals()).toEqual([]);
  });
}
