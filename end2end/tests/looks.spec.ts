import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { open } from "../support/alive.ts";
import { enter } from "../support/account.ts";
import { somebody } from "../support/person.ts";
import { STATES } from "../support/states.ts";
import { expect, test } from "../support/test.ts";

const WIDTHS = [390, 1280];
/** WCAG 2.2, 1.4.10: what a screen of 1280 pixels has left at 400 %. */
const NARROWEST = 320;
const SCHEMES = ["light", "dark"] as const;

declare global {
  interface Window {
    /** How much things have jumped, as browsers reckon it. */
    jumped: number;
  }
}

async function expectNothingSideways(page: Page, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 800 });
  const widest = await page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
  expect(widest, `pixels beyond ${width}`).toBeLessThanOrEqual(0);
  const cut = await page.evaluate(() =>
    [...document.body.querySelectorAll("*")]
      .filter((it) => !it.closest(".unseen, .skip, svg") && it.getBoundingClientRect().right > innerWidth + 1)
      .map((it) => it.outerHTML.slice(0, 100)),
  );
  expect(cut, `cut off at ${width}`).toEqual([]);
}

async function turn(page: Page, colorScheme: (typeof SCHEMES)[number]): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction((scheme) => matchMedia(`(prefers-color-scheme: ${scheme})`).matches, colorScheme);
  // Half-way between two colours nothing has the contrast that it should.
  await frames(page);
  await page.waitForFunction(() => document.getAnimations().every((it) => it.playState === "finished"));
}

/** Waits until what was decided has been drawn. */
function frames(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen))));
}

async function expectAccessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(
    (it) => `${it.id}: ${it.nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`,
  );
  expect(told, what).toEqual([]);
}

for (const [state, arrange] of Object.entries(STATES)) {
  test(`${state} fits at every width and is accessible in light and dark`, async ({ page, carnet, watch }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await arrange({ page, carnet, watch, person: somebody(), name: "Ada Lovelace" });
    await expectNothingSideways(page, NARROWEST);
    for (const width of WIDTHS) {
      await expectNothingSideways(page, width);
      for (const colorScheme of SCHEMES) {
        await turn(page, colorScheme);
        await expectAccessible(page, `${state}, ${width}, ${colorScheme}`);
      }
    }
  });
}

test("nothing jumps while a page loads and comes alive", async ({ page, carnet }) => {
  await page.addInitScript(() => {
    window.jumped = 0;
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) window.jumped += (shift as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  const look = async (path: string) => {
    await open(page, path);
    // A shift is reported with the frame after the one that it happened in.
    await frames(page);
    expect(await page.evaluate(() => window.jumped), path).toBe(0);
  };
  for (const path of ["/", "/register", "/login"]) await look(path);
  await enter(page, carnet);
  for (const path of ["/", "/profile", "/sessions"]) await look(path);
});
