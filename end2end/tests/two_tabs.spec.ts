import type { Page } from "@playwright/test";
import { open, reload } from "../support/alive.ts";
import { enter, lookElsewhere, signInElsewhere } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { DEVICES } from "../support/devices.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";

const WORKING_MS = 20_000;

/**
 * A token of 5 seconds surely lives 4, since it counts in whole ones. It is renewed a tenth of that
 * before its end, and up to a quarter of the tenth earlier.
 */
const SOONEST_MS = 4_000 * 0.9 - 400 / 4;
/** So soon after a refresh the next one is far off, also for a slow machine. */
const CALM_MS = 1_500;
/** Between the moment that the page measures and the one that the browser reports. */
const TOLERANCE_MS = 100;

/** The refreshes that came sooner after the one before than one expiry for both tabs explains. */
function tooSoon(traffic: Traffic): number[] {
  return traffic.gaps("POST", REFRESH).filter((gap) => gap <= SOONEST_MS - TOLERANCE_MS);
}

/** Loads a page again while no refresh is under way, which would cost the body of its answer and keep its cookie. */
async function reloadInCalm(page: Page, traffic: Traffic): Promise<void> {
  if (traffic.sinceAnswer("POST", REFRESH) > CALM_MS) {
    await nextRefresh(page.context());
  }
  // The attempt goes when the answer to it has been saved.
  await page.waitForFunction(() => !JSON.parse(localStorage["carnet.session"]).attempt);
  await reload(page);
}

test.use({ settings: { "tokens.access_lifetime": "5s" } });

test("two tabs keep working past many expiries, with one refresh for both each time", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  test.setTimeout(WORKING_MS + 300_000);
  watch.expectsSlowness();
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await open(other, "/profile");

  const start = Date.now();
  let round = 0;
  while (Date.now() < start + WORKING_MS) {
    round += 1;
    await rename(page, `Ada of round ${round}`);
    await rename(other, `Ada, once more in round ${round}`);
    await reloadInCalm(round % 2 ? page : other, traffic);
    await expectSignedIn(page, ada);
    await expectSignedIn(other, ada);
  }

  expect(traffic.lastingRefusals()).toEqual([]);
  const late = traffic.mended();
  expect(traffic.statuses("PATCH", "/api/me").filter((status) => status === 200)).toHaveLength(2 * round);
  const refreshes = traffic.count("POST", REFRESH);
  expect(refreshes).toBeGreaterThanOrEqual(2);
  // The first because the account was made without the page. What a slow machine was late for costs one more each.
  expect(refreshes).toBeLessThanOrEqual(1 + late + Math.floor((Date.now() - start) / (SOONEST_MS - TOLERANCE_MS)));
  expect(tooSoon(traffic).length).toBeLessThanOrEqual(late);
});

test("two tabs at rest share each refresh, and no copy is suspected", async ({ page, carnet, context, watch }) => {
  watch.expectsSlowness();
  const ada = await enter(page, carnet);
  const other = await context.newPage();
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await open(other, "/sessions");
  await rename(page, "Ada at rest");
  for (let expiry = 1; expiry <= 2; expiry += 1) expect((await nextRefresh(context)).status()).toBe(200);
  await rename(page, "Ada again");
  await reloadInCalm(other, traffic);
  await expectSignedIn(other, ada);

  expect(traffic.lastingRefusals()).toEqual([]);
  expect(traffic.count("POST", REFRESH)).toBeGreaterThanOrEqual(3);
  expect(tooSoon(traffic).length).toBeLessThanOrEqual(traffic.mended());
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  const { sessions } = await lookElsewhere<{ sessions: { ended_at?: number }[] }>(carnet, phone, "/api/me/sessions");
  expect(sessions.filter((session) => session.ended_at)).toEqual([]);
});
