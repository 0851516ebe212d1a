import type { BrowserContext, Page } from "@playwright/test";

declare global {
  interface Window {
    carnetIsHidden?: boolean;
  }
}

/** To Playwright's browser every tab is in front, so the pages of this context are told which are not. */
export async function canHide(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const hidden = () => window.carnetIsHidden === true;
    Object.defineProperty(Document.prototype, "hidden", { get: hidden });
    Object.defineProperty(Document.prototype, "visibilityState", { get: () => (hidden() ? "hidden" : "visible") });
  });
}

export function hide(page: Page): Promise<void> {
  return turn(page, true);
}

export function show(page: Page): Promise<void> {
  return turn(page, false);
}

function turn(page: Page, hidden: boolean): Promise<void> {
  return page.evaluate((hidden) => {
    window.carnetIsHidden = hidden;
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);
}
