import { open } from "../support/alive.ts";
import { account } from "../support/account.ts";
import { button, expectSignedOut, sendLogin, summary } from "../support/page.ts";
import { WRONG_PASSWORD } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

test.use({ settings: { "limits.enabled": "true" } });

test("too many wrong passwords are told how long to wait", async ({ page, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expects(401, "/api/auth/login");
  watch.expects(429, "/api/auth/login");
  await open(page, "/login");
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const answer = page.waitForResponse("/api/auth/login");
    await sendLogin(page, ada.username, WRONG_PASSWORD);
    expect((await answer).status()).toBe(401);
    await expect(button(page, "Sign in")).toBeEnabled();
  }
  await sendLogin(page, ada.username, ada.password);
  await expect(summary(page)).toHaveText(/^Too many attempts\. Try again in \d+ (seconds|minutes)$/);
  await expectSignedOut(page, ada);
});
