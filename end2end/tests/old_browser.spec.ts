import { open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

const TABS = 4;
const EXPIRIES = 3;

test("without locks and without a channel tabs ask more often, and nobody is signed out", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  // Whoever is late is told so, and asks again.
  watch.expects(409, REFRESH);
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "locks", { value: undefined });
    Object.defineProperty(window, "BroadcastChannel", { value: undefined });
  });
  await turnClock(page);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  const tabs = [page];
  while (tabs.length < TABS) tabs.push(await context.newPage());
  for (const tab of tabs) await open(tab, "/profile");
  for (const tab of tabs) await rename(tab, "Ada before");
  for (let expiry = 1; expiry <= EXPIRIES; expiry += 1) {
    const before = traffic.count("POST", REFRESH);
    await outliveToken(page);
    await expect.poll(() => traffic.count("POST", REFRESH)).toBeGreaterThanOrEqual(before + TABS);
  }
  for (const tab of tabs) {
    await expectSignedIn(tab, ada);
    await rename(tab, "Ada after");
    await reload(tab);
    await expectSignedIn(tab, ada);
  }
  expect(traffic.refusals().filter((it) => it !== `409 ${REFRESH}`)).toEqual([]);
});
