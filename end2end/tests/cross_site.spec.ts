import type { Page } from "@playwright/test";
import { account, enter, lookElsewhere, signInElsewhere } from "../support/account.ts";
import { expectSignedIn, expectSignedOut } from "../support/page.ts";
import { DEVICES } from "../support/devices.ts";
import { OtherSite } from "../support/other_site.ts";
import { expect, test } from "../support/test.ts";

/** Another port is another origin of the same site, to which the cookie goes along; another name is another site. */
const HOSTS = ["127.0.0.1", "localhost"] as const;

let site: OtherSite;
test.beforeAll(async () => {
  site = await OtherSite.open();
});
test.afterAll(() => site.close());

async function press(page: Page, address: string, action: string): Promise<number> {
  await page.goto(address);
  const answer = page.waitForResponse((it) => it.request().method() === "POST" && it.url() === action);
  await page.getByRole("button", { name: "Win" }).click();
  return (await answer).status();
}

for (const host of HOSTS) {
  test(`a form on ${host} can neither sign out nor change anything`, async ({ page, carnet, watch }) => {
    const ada = await enter(page, carnet);
    const phone = await signInElsewhere(carnet, ada, DEVICES.safariOnPhone);
    const before = await lookElsewhere<object>(carnet, phone, "/api/me");
    const forms: [string, Record<string, string>][] = [
      ["/logout", {}],
      ["/profile", { form: "name", name: "Mallory" }],
      ["/sessions", { form: "end-others" }],
      ["/api/auth/logout", {}],
    ];
    for (const [path, fields] of forms) {
      watch.expects(403, path);
      const action = carnet.url + path;
      expect(await press(page, site.page(host, action, fields), action), path).toBe(403);
      await page.goto("/profile");
      await expectSignedIn(page, ada);
    }
    expect(await lookElsewhere<object>(carnet, phone, "/api/me")).toEqual(before);
  });

  test(`a form on ${host} signs nobody in as somebody else`, async ({ page, carnet, watch }) => {
    const mallory = await account(carnet);
    watch.expects(403, "/login");
    const action = `${carnet.url}/login`;
    const fields = { login: mallory.username, password: mallory.password };
    expect(await press(page, site.page(host, action, fields), action)).toBe(403);
    expect(await page.context().cookies()).toEqual([]);
    await page.goto("/");
    await expectSignedOut(page, mallory);
  });
}
