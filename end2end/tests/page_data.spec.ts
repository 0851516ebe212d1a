import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { expectSignedIn } from "../support/page.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";

for (const path of ["/", "/profile", "/sessions"]) {
  test(`${path} brings along what it shows, once, and asks for nothing more`, async ({ page, carnet, context }) => {
    const ada = await enter(page, carnet);
    const html = await (await page.request.get(path)).text();
    expect(html.split(`"email":"${ada.email}"`)).toHaveLength(2);
    const traffic = new Traffic(context);
    await open(page, path);
    await expectSignedIn(page, ada);
    await page.waitForLoadState("networkidle");
    expect(traffic.paths().filter((it) => it.startsWith("/api/"))).toEqual([]);
  });
}
