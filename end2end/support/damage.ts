import type { Page } from "@playwright/test";

/** Opens a page and changes it after the server's part is there and before the WASM takes over. */
export async function openDamaged(page: Page, path: string, damage: () => void): Promise<void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(path, { waitUntil: "commit" });
  await page.waitForFunction(() => document.readyState !== "loading");
  await page.evaluate(damage);
  release();
}

/** As extensions do for their toolbars and markers. */
export function prependToBody(): void {
  const foreign = document.createElement("div");
  foreign.textContent = "A toolbar";
  document.body.prepend(foreign);
}

/** As extensions do that mark up fields and names. */
export function insertIntoHeader(): void {
  const foreign = document.createElement("b");
  foreign.textContent = "A marker";
  document.querySelector("header")!.prepend(foreign);
}

/** The same, where half of the page is taken over by then. */
export function insertIntoMain(): void {
  const foreign = document.createElement("b");
  foreign.textContent = "A marker";
  document.querySelector("main")!.prepend(foreign);
}

/** As Google Translate does: each text becomes an element, but for those that ask to be left alone. */
export function translate(): void {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode()) texts.push(walker.currentNode as Text);
  for (const text of texts) {
    if (!text.data.trim() || text.parentElement!.closest("script, noscript, [translate=no]")) continue;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    inner.textContent = text.data.toUpperCase();
    outer.append(inner);
    text.replaceWith(outer);
  }
}
