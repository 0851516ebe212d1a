import { open } from "../support/alive.ts";
import { enter, signInElsewhere } from "../support/account.ts";
import { DEVICES } from "../support/devices.ts";
import { button, expectSignedOut, rename } from "../support/page.ts";
import { holdNextRefresh, REFRESH } from "../support/refresh.ts";
import { expectEnded } from "../support/sessions.ts";
import { test } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";

test("signing out while another tab refreshes leaves nobody signed in", async ({ page, carnet, context, watch }) => {
  await turnClock(page);
  const ada = await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada before");
  const held = holdNextRefresh(context);
  await outliveToken(page);
  const { answer, letGo } = await held;
  const other = await context.newPage();
  await open(other, "/sessions");
  await button(other, "Sign out").click();
  await expectSignedOut(page, ada);
  await other.waitForURL("/");
  await letGo();
  watch.expects(401, REFRESH);
  // The worst that an answer on its way can do: its cookie comes last.
  const [cookie] = answer.headersArray().filter((it) => it.name.toLowerCase() === "set-cookie");
  const [name, value] = cookie!.value.split(";", 1)[0]!.split("=");
  await context.addCookies([{ name: name!, value: value!, url: carnet.url, httpOnly: true, sameSite: "Lax" }]);
  for (const tab of [page, other]) {
    await expectSignedOut(tab, ada);
    await open(tab, "/profile");
    await expectSignedOut(tab, ada);
    await open(tab, "/");
    await expectSignedOut(tab, ada);
  }
  await expectEnded(carnet, await signInElsewhere(carnet, ada, DEVICES.safariOnPhone));
});
