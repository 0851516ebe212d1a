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
}) => {
  test.setTimeout(WORKING_MS + 30_000);
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

  expect(traffic.refusals()).toEqual([]);
  expect(traffic.count("PATCH", "/api/me")).toBe(2 * round);
  const refreshes = traffic.count("POST", REFRESH);
  expect(refreshes).toBeGreaterThanOrEqual(4);
  // The first because the account was made without the page.
  expect(refreshes).toBeLessThanOrEqual(1 + Math.floor((Date.now() - start) / (SOONEST_MS - TOLERANCE_MS)));
  expect(Math.min(...traffic.gaps("POST", REFRESH))).toBeGreaterThan(SOONEST_MS - TOLERANCE_MS);
});

test("two tabs at rest share each refresh, and no copy is suspected", async ({ page, carnet, context }) => {
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

  expect(traffic.refusals()).toEqual([]);
  expect(Math.min(...traffic.gaps("POST", REFRESH))).toBeGreaterThan(SOONEST_MS - TOLERANCE_MS);
  const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
  const { sessions } = await lookElsewhere<{ sessions: { ended_at?: number }[] }>(carnet, phone, "/api/me/sessions");
  expect(sessions.filter((session) => session.ended_at)).toEqual([]);
});

test("a tab that is opened while another holds a good token needs no refresh", async ({ page, carnet, context }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada of the first tab");
  const traffic = new Traffic(context);
  const other = await context.newPage();
  await open(other, "/profile");
  await rename(other, "Ada of the second tab");
  expect(traffic.count("POST", REFRESH)).toBe(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada of the second tab");
});
