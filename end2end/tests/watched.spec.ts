import type { WebSocketRoute } from "@playwright/test";
import { open } from "../support/alive.ts";
import { WATCHED } from "../support/carnet.ts";
import { expect, test } from "../support/test.ts";

test.use({ program: WATCHED });

test("a style that changed reaches an open page that is watched, without loading it again", async ({ page }) => {
  let cargoLeptos: WebSocketRoute | undefined;
  await page.routeWebSocket(/live_reload/, (socket) => (cargoLeptos = socket));
  await open(page, "/login");
  const sheet = page.locator('link[rel="stylesheet"]');
  await expect(sheet).toHaveAttribute("href", "/pkg/carnet.css");
  await page.evaluate(() => (window.name = "the same document"));

  const fetched = page.waitForResponse(/pkg\/carnet\.css\?version=/);
  cargoLeptos!.send(JSON.stringify({ css: "pkg/carnet.css" }));
  const answer = await fetched;
  expect(answer.status()).toBe(200);
  expect(answer.headers()["content-type"]).toBe("text/css; charset=utf-8");
  expect(answer.headers()["cache-control"]).toBe("no-cache");
  await expect(sheet).toHaveAttribute("href", /^\/pkg\/carnet\.css\?version=\d+$/);
  expect(await page.evaluate(() => window.name)).toBe("the same document");
});
