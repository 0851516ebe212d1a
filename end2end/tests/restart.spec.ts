import { alive, arrival, open, reload } from "../support/alive.ts";
import {
  button,
  expectSignedIn,
  expectSignedOut,
  rename,
  sendLogin,
  sendRegistration,
} from "../support/page.ts";
import { somebody } from "../support/person.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

test.use({ settings: { "tokens.access_lifetime": "5s" } });

test("a restart between any two steps signs nobody out", async ({ page, carnet, newDevice, watch }) => {
  watch.expectsNoConnection();
  watch.expectsSlowness();
  const ada = somebody();
  const laptop = await newDevice();

  await open(page, "/register");
  await carnet.restart();
  await sendRegistration(page, ada);
  await arrival(page, "/profile");
  await carnet.restart();
  await reload(page);
  await expectSignedIn(page, ada);
  await carnet.restart();
  await rename(page, "Ada Lovelace");
  await carnet.restart();
  await open(laptop, "/login");
  await carnet.restart();
  await sendLogin(laptop, ada.username, ada.password);
  await arrival(laptop, "/profile");
  await carnet.restart();
  await rename(laptop, "Ada of the laptop");
  await reload(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada of the laptop");
  await carnet.restart();
  await button(laptop, "Sign out").click();
  await laptop.waitForURL("/");
  await carnet.restart();
  await open(laptop, "/profile");
  await expectSignedOut(laptop, ada);
  await reload(page);
  await expectSignedIn(page, ada);
  await rename(page, "Ada, still here");
});

test("a server that is away while a token expires signs nobody out", async ({ page, carnet, context, watch }) => {
  watch.expectsNoConnection();
  watch.expectsSlowness();
  await turnClock(page);
  const ada = somebody();
  await open(page, "/register");
  await sendRegistration(page, ada);
  await arrival(page, "/profile");
  await alive(page);
  const traffic = new Traffic(context);
  const failed = context.waitForEvent("requestfailed", (it) => it.url().endsWith(REFRESH));
  await carnet.stop();
  await outliveToken(page);
  await failed;
  await expectSignedIn(page, ada);
  const refreshed = nextRefresh(context);
  await carnet.serve();
  expect((await refreshed).status()).toBe(200);
  await rename(page, "Ada, patient");
  await expectSignedIn(page, ada);
  expect(traffic.lastingRefusals()).toEqual([]);
});
