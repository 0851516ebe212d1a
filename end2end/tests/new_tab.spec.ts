import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { rename } from "../support/page.ts";
import { REFRESH } from "../support/refresh.ts";
import { expect, test } from "../support/test.ts";
import { Traffic } from "../support/traffic.ts";

test("a tab that is opened while another holds a good token needs no refresh", async ({ page, carnet, context }) => {
  await enter(page, carnet);
  await open(page, "/profile");
  await rename(page, "Ada of the first tab");
  const traffic = new Traffic(context);
  const other = await context.newPage();
  await open(other, "/profile");
  await rename(other, "Ada of the second tab");
  expect(traffic.count("POST", REFRESH)).toBe(0);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Ada of the second tab");
});
