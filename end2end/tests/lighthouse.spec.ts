import { enter } from "../support/account.ts";
import { type Category, examine, faults } from "../support/lighthouse.ts";
import { expect, test } from "../support/test.ts";

const PERFECT: Category[] = ["accessibility", "best-practices", "seo"];

test.describe.configure({ timeout: 120_000 });

for (const path of ["/", "/register", "/login"]) {
  test(`Lighthouse finds no fault with ${path}`, async ({ carnet }) => {
    expect(faults(await examine(carnet.url + path, PERFECT))).toEqual([]);
  });
}

for (const path of ["/", "/profile", "/sessions"]) {
  test(`Lighthouse finds no fault with ${path} for somebody who is signed in`, async ({ page, carnet, context }) => {
    await enter(page, carnet);
    expect(faults(await examine(carnet.url + path, PERFECT, context))).toEqual([]);
  });
}
