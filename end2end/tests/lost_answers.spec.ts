import type { Route } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import { answerTo, holdNextRefresh, nextRefresh, problem, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
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

test.use({ settings: { "tokens.access_lifetime": "3s" } });

for (const [what, { refusals = [], meet }] of Object.entries(FAULTS)) {
  test(`a refresh that is ${what} signs nobody out`, async ({ page, carnet, context, watch }) => {
    for (const status of refusals) watch.expects(status, REFRESH);
    watch.expectsNoConnection();
    const ada = await enter(page, carnet);
    await open(page, "/profile");
    await rename(page, "Ada before");
    await new Promise<void>((resolve) => {
      const handle = async (route: Route) => {
        await meet(route);
        resolve();
      };
      context.route(`**${REFRESH}`, handle, { times: 1 });
    });
    await expectSignedIn(page, ada);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada before");
    await expect(page.getByRole("alert")).toHaveCount(0);
    while ((await nextRefresh(context)).status() !== 200);
    await rename(page, "Ada after");
    await expectSignedIn(page, ada);
  });
}

test("a refresh that is answered after eight seconds is given up, and the next one has the same answer", async ({
  page,
  carnet,
  context,
}) => {
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const givenUp = context.waitForEvent("requestfailed", (it) => it.url().endsWith(REFRESH));
  const { letGo } = await holdNextRefresh(context);
  await givenUp;
  await expectSignedIn(page, ada);
  await letGo();
  expect((await nextRefresh(context)).status()).toBe(200);
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
  const ada = await enter(page, carnet);
  const traffic = new Traffic(context);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const busy = { ...problem(429, "too_many_requests"), headers: { "retry-after": `${SECONDS}` } };
  await context.route(`**${REFRESH}`, (route) => route.fulfill(busy), { times: 1 });
  expect((await nextRefresh(context)).status()).toBe(429);
  await expectSignedIn(page, ada);
  expect((await nextRefresh(context)).status()).toBe(200);
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.gaps("POST", REFRESH).at(1)).toBeGreaterThanOrEqual(SECONDS * 1_000);
});
