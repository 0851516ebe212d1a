import type { BrowserContext, Page } from "@playwright/test";

declare global {
  interface Window {
    /** Set by the last listener that only the running WASM adds. */
    carnetIsAlive?: boolean;
  }
}

/** Makes the pages of this context tell when they have come alive. */
export async function tellWhenAlive(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const { addEventListener } = EventTarget.prototype;
    EventTarget.prototype.addEventListener = function (this: EventTarget, type: string, ...rest: [any, any?]) {
      if (this === window && type === "offline") window.carnetIsAlive = true;
      return addEventListener.call(this, type, ...rest);
    };
  });
}

/**
 * Waits until the WASM has taken the page over from the server. On a page of an app it then takes away what the
 * server has written for it.
 */
export async function alive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const handover = document.getElementById("carnet-handover");
    return window.carnetIsAlive === true || handover?.textContent === "";
  });
}

/** Opens a page and waits until it is alive. */
export async function open(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await alive(page);
}

/** Loads the page again and waits until it is alive. */
export async function reload(page: Page): Promise<void> {
  await page.reload();
  await alive(page);
}

/** Waits until the browser has come to a page by itself, and the page is alive. */
export async function arrival(page: Page, path: string): Promise<void> {
  await page.waitForURL(path);
  await alive(page);
}
