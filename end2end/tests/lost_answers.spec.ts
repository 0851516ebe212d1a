import type { BrowserContext, Request, Route } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { answerTo, holdNextRefresh, problem, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, refreshInTime, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

interface Fault {
  /** The refusals that come of it. */
  refusals?: number[];
  meet: (route: Route) => Promise<unknown>;
}

/** What may become of a refresh without anybody being signed out. */
const FAULTS: Record<string, Fault> = {
  "lost on its way there": { meet: (route) => route.abort("connectionreset") },
  "lost on its way back": {
    meet: async (route) => {
      await answerTo(route);
      await route.abort("connectionreset");
    },
  },
  "lost on its way back, all but its cookie": {
    refusals: [409],
    meet: async (route) => {
      await route.fetch();
      await route.abort("connectionreset");
    },
  },
  "answered 500": { refusals: [500], meet: (route) => route.fulfill(problem(500, "internal_error")) },
  "answered 502 with the page of a proxy": {
    refusals: [502],
    meet: (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad Gateway</h1>" }),
  },
  "answered 401 with the page of a proxy": {
    refusals: [401],
    meet: (route) => route.fulfill({ status: 401, contentType: "text/html", body: "<h1>Who are you?</h1>" }),
  },
  "answered with garbage": {
    meet: async (route) => {
      await answerTo(route);
      await route.fulfill({ contentType: "application/json", body: '{"access_token": 1' });
    },
  },
  "answered with the page of a hotel's network": {
    meet: (route) => route.fulfill({ contentType: "text/html", body: "<h1>Welcome! Room number?</h1>" }),
  },
};

/** Lets the next refresh meet a fault; when that has happened, and when a later one was answered well. */
function meetOnce(context: BrowserContext, meet: Fault["meet"]): { met: Promise<void>; recovered: Promise<void> } {
  let faulty: Request | undefined;
  const recovered = new Promise<void>((resolve) => {
    context.on("response", (it) => {
      const isRefresh = it.url().endsWith(REFRESH) && it.status() === 200;
      if (isRefresh && faulty && it.request() !== faulty) resolve();
    });
  });
  const met = new Promise<void>((resolve) => {
    const handle = async (route: Route) => {
      faulty = route.request();
      await meet(route);
      resolve();
    };
    context.route(`**${REFRESH}`, handle, { times: 1 });
  });
  return { met, recovered };
}

for (const [what, { refusals = [], meet }] of Object.entries(FAULTS)) {
  test(`a refresh that is ${what} signs nobody out`, async ({ page, carnet, context, watch }) => {
    for (const status of refusals) watch.expects(status, REFRESH);
    watch.expectsNoConnection();
    await turnClock(page);
    const ada = await enter(page, carnet);
    await open(page, "/profile");
    await rename(page, "Ada before");
    const { met, recovered } = meetOnce(context, meet);
    await outliveToken(page);
    await met;
    await expectSignedIn(page, ada);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada before");
    await expect(page.getByRole("alert")).toHaveCount(0);
    await recovered;
    await rename(page, "Ada after");
    await expectSignedIn(page, ada);
  });
}

test("a refresh that is answered after eight seconds is given up, and the next one has the same answer", async ({
  page,
  carnet,
  context,
}) => {
  await turnClock(page);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const givenUp = context.waitForEvent("requestfailed", (it) => it.url().endsWith(REFRESH));
  const held = holdNextRefresh(context);
  await outliveToken(page);
  const { letGo } = await held;
  await givenUp;
  await expectSignedIn(page, ada);
  await letGo();
  await expect.poll(() => traffic.statuses("POST", REFRESH)).toEqual([200, 200]);
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.refusals()).toEqual([]);
  expect(traffic.gaps("POST", REFRESH).at(1)).toBeGreaterThan(8_000);
});

test("a server that asks for time is left alone for so long, and nobody is signed out", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  const SECONDS = 3;
  watch.expects(429, REFRESH);
  await turnClock(page);
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const busy = { ...problem(429, "too_many_requests"), headers: { "retry-after": `${SECONDS}` } };
  await context.route(`**${REFRESH}`, (route) => route.fulfill(busy), { times: 1 });
  expect(await refreshInTime(page)).toBe(429);
  await expectSignedIn(page, ada);
  await expect.poll(() => traffic.statuses("POST", REFRESH)).toEqual([200, 429, 200]);
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.gaps("POST", REFRESH).at(1)).toBeGreaterThanOrEqual(SECONDS * 1_000);
});
