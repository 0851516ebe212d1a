import { expect, test } from "../support/test.ts";
import { Watch } from "../support/watch.ts";

/** What every test would fail for, each brought about once. */
const BREACHES: Record<string, { heard: RegExp; commit: () => unknown }> = {
  "a script that the policy forbids": {
    heard: /Content Security Policy/,
    commit: () => {
      const script = document.createElement("script");
      script.textContent = "window.isBroken = true";
      document.body.append(script);
      return new Promise((resolve) => document.addEventListener("securitypolicyviolation", resolve, { once: true }));
    },
  },
  "a request that the policy forbids": {
    heard: /Content Security Policy/,
    commit: () => fetch("https://elsewhere.example/").catch(() => {}),
  },
  "an exception that nobody catches": {
    heard: /uncaught: nobody catches me/,
    commit: () =>
      new Promise<void>((resolve) => {
        addEventListener("error", () => resolve(), { once: true });
        setTimeout(() => {
          throw new Error("nobody catches me");
        });
      }),
  },
  "an answer that nobody expected": {
    heard: /responded with a status of 404/,
    commit: () => fetch("/api/nowhere"),
  },
};

for (const [what, { heard, commit }] of Object.entries(BREACHES)) {
  test(`${what} is heard`, async ({ browser, carnet }) => {
    const context = await browser.newContext({ baseURL: carnet.url });
    const watch = new Watch();
    watch.over(context);
    const page = await context.newPage();
    await page.goto("/login");
    expect(() => watch.verify()).not.toThrow();
    await page.evaluate(commit);
    await expect(() => expect(() => watch.verify()).toThrow(heard)).toPass();
    await context.close();
  });
}
