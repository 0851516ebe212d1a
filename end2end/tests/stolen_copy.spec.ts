import { open } from "../support/alive.ts";
import { enter, signInElsewhere } from "../support/account.ts";
import type { Carnet } from "../support/carnet.ts";
import { DEVICES } from "../support/devices.ts";
import { expectSignedOut, rename, sendLogin, sendName, unfold } from "../support/page.ts";
import { REFRESH } from "../support/refresh.ts";
import { endings } from "../support/sessions.ts";
import { expect, test } from "../support/test.ts";

/** Refreshes as somebody does who has copied a cookie. */
async function refreshWith(carnet: Carnet, cookie: string): Promise<Response> {
  return fetch(carnet.url + REFRESH, {
    method: "POST",
    headers: { cookie, origin: carnet.url, "content-type": "application/json" },
    body: "{}",
  });
}

test("a copy that somebody uses ends the session, and its owner is told so", async ({ page, carnet, context, watch }) => {
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  const copy = async () => (await context.cookies()).map((it) => `${it.name}=${it.value}`).join("; ");
  const first = await copy();
  await rename(page, "Ada Lovelace");
  expect((await refreshWith(carnet, await copy())).status).toBe(200);
  expect((await refreshWith(carnet, first)).status).toBe(401);

  watch.expects(401, "/api/me");
  watch.expects(401, REFRESH);
  await unfold(page, "Edit name");
  await sendName(page, "Not any more");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("You were signed out to be safe");
  await expectSignedOut(page, ada);
  expect(await endings(carnet, await signInElsewhere(carnet, ada, DEVICES.safariOnPhone))).toEqual(["reused"]);

  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await sendLogin(page, ada.username, ada.password);
  await page.waitForURL("/profile");
  await open(page, "/sessions");
  await expect(page.getByRole("main")).toContainText("We signed out one device to be safe");
});
