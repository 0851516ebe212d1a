import type { Page, Route } from "@playwright/test";
import { open, reload } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import type { Carnet } from "../support/carnet.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { answerTo, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

/** Loads a page again when the server has answered its refresh and the page has not heard of it. */
async function reloadMidway(page: Page, carnet: Carnet, answer: (route: Route) => Promise<unknown>): Promise<Person> {
  await turnClock(page);
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const answered = new Promise<void>((resolve) => {
    const handle = async (route: Route) => {
      await answer(route);
      resolve();
    };
    page.route(REFRESH, handle, { times: 1 });
  });
  await outliveToken(page);
  await answered;
  await reload(page);
  await expectSignedIn(page, ada);
  return ada;
}

test("a reload that loses the body of a refresh and keeps its cookie is not seen", async ({
  page,
  carnet,
  context,
  watch,
}) => {
  watch.expects(409, REFRESH);
  const traffic = new Traffic(context);
  const ada = await reloadMidway(page, carnet, (route) => route.fetch());
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  // The attempt has had its answer, so the page asks once more with another.
  expect(traffic.statuses("POST", REFRESH)).toEqual([200, 409, 200]);
  expect(traffic.refusals()).toEqual([`409 ${REFRESH}`]);
});

test("a reload that loses the whole answer of a refresh is not seen", async ({ page, carnet, context }) => {
  const traffic = new Traffic(context);
  const ada = await reloadMidway(page, carnet, answerTo);
  await rename(page, "Ada after");
  await expectSignedIn(page, ada);
  expect(traffic.statuses("POST", REFRESH)).toEqual([200, 200]);
  expect(traffic.refusals()).toEqual([]);
});
