import type { Page } from "@playwright/test";
import { nextRefresh } from "./refresh.ts";

/** Longer than the server's access tokens are good for when nothing else is set. */
const LIFETIME_MS = 5 * 60_000;

/**
 * Gives the pages of this browser a clock that tests can turn. Time goes on by itself too. What the server has issued
 * stays good meanwhile, so that no machine is too slow for it. To be called before a page is opened.
 */
export function turnClock(page: Page): Promise<void> {
  return page.clock.install();
}

/** Lets the life of an access token pass. */
export function outliveToken(page: Page): Promise<void> {
  return page.clock.fastForward(LIFETIME_MS);
}

/**
 * Lets the life of an access token pass, and waits until some tab has refreshed and this one has taken in what came; the
 * status of the answer. A clock that is turned before that looks to the page like an answer that never came.
 */
export async function refreshInTime(page: Page): Promise<number> {
  const refreshed = nextRefresh(page.context());
  await outliveToken(page);
  const answer = await refreshed;
  await answer.finished();
  // Whatever the page asks for later is there later.
  await page.evaluate(() => fetch("/healthz").then((it) => it.text()));
  return answer.status();
}
