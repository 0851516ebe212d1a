import type { Page } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, field, sendName, unfold } from "../support/page.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";
import { canHide, hide, show } from "../support/visibility.ts";

/** Of these two minutes CI has a quarter, and `CARNET_FULL` the whole. */
const MINUTES = process.env.CARNET_FULL ? 2 : 0.5;
const WORKING_MS = MINUTES * 60_000;
const WORKING_TABS = 3;
const RESTING_TABS = 4;
const HIDDEN_TABS = 3;
const TABS = WORKING_TABS + RESTING_TABS + HIDDEN_TABS;

/**
 * A token of 6 seconds surely lives 5, since it counts in whole ones. It is renewed a tenth of that
 * before its end, and up to a quarter of the tenth earlier: half a second for tabs that wait for a processor.
 */
const SOONEST_MS = 5_000 * 0.9 - 500 / 4;
/** Between the moment that the page measures and the one that the browser reports. */
const TOLERANCE_MS = 100;

test.use({ settings: { "tokens.access_lifetime": "6s" } });

async function changeName(page: Page, name: string): Promise<void> {
  await unfold(page, "Edit name");
  const answered = page.waitForResponse((it) => it.request().method() === "PATCH");
  await sendName(page, name);
  // A token that ran out on its way is mended by the client; what the person sees is below.
  expect([200, 401]).toContain((await answered).status());
  await expect(field(page, "Name")).toBeHidden();
}

test(`${TABS} tabs for ${MINUTES} minutes: one refresh per expiry, and nobody is signed out`, async ({
  page,
  carnet,
  context,
  watch,
}) => {
  test.setTimeout(WORKING_MS + 300_000);
  watch.expectsSlowness();
  const ada = await enter(page, carnet);
  await canHide(context);
  const traffic = new Traffic(context);
  const tabs = [page];
  while (tabs.length < TABS) tabs.push(await context.newPage());
  const working = tabs.slice(0, WORKING_TABS);
  const hidden = tabs.slice(-HIDDEN_TABS);
  for (const tab of tabs) await open(tab, working.includes(tab) ? "/profile" : "/sessions");
  for (const tab of hidden) await hide(tab);

  const start = Date.now();
  const work = async (tab: Page, number: number) => {
    for (let round = 1; Date.now() < start + WORKING_MS; round += 1) await changeName(tab, `Ada ${number}.${round}`);
  };
  const leaf = async () => {
    for (let turn = 0; Date.now() < start + WORKING_MS; turn += 1) {
      const tab = hidden[turn % hidden.length]!;
      await show(tab);
      await expectSignedIn(tab, ada);
      await nextRefresh(context);
      await hide(tab);
    }
  };
  await Promise.all([...working.map(work), leaf()]);

  const refreshes = traffic.count("POST", REFRESH);
  for (const tab of tabs) await expectSignedIn(tab, ada);
  expect(traffic.lastingRefusals()).toEqual([]);
  expect(refreshes).toBeGreaterThan(1);
  // The first because the account was made without the page. What a slow machine was late for costs one more each.
  const late = traffic.mended();
  expect(refreshes).toBeLessThanOrEqual(1 + late + Math.floor((Date.now() - start) / (SOONEST_MS - TOLERANCE_MS)));
  const soon = traffic.gaps("POST", REFRESH).filter((gap) => gap <= SOONEST_MS - TOLERANCE_MS);
  expect(soon.length, `${soon} ms`).toBeLessThanOrEqual(late);
});
