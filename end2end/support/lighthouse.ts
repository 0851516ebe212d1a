import { type BrowserContext, chromium } from "@playwright/test";
import lighthouse, { type Result } from "lighthouse";
import { browser } from "./browser.ts";
import { freePort } from "./free_port.ts";

export type Category = "accessibility" | "best-practices" | "performance" | "seo";

export interface Audit {
  title: string;
  /** Between 0 and 1; null where it does not apply. */
  score: number | null;
  /** In the audit's own unit, milliseconds or a score of its own. */
  numericValue?: number;
}

export interface Report {
  /** Out of 100, by category. */
  scores: Record<string, number>;
  audits: Record<string, Audit>;
}

/** How often Lighthouse may say that it has not seen the page begin and wants to be run again. */
const TRIES = 3;

/** Lets Lighthouse look at an address as a phone on a slow network would; `signedIn` has the cookies. */
export async function examine(url: string, categories: Category[], signedIn?: BrowserContext): Promise<Report> {
  for (let attempt = 1; ; attempt += 1) {
    const result = await look(url, categories, signedIn);
    const error = result.runtimeError;
    if (!error) return reportOf(result);
    if (error.code !== "NO_NAVSTART" || attempt === TRIES) throw new Error(error.message);
  }
}

async function look(url: string, categories: Category[], signedIn?: BrowserContext): Promise<Result> {
  const port = await freePort();
  const chrome = await chromium.launch({
    ...browser,
    args: [...(browser.args ?? []), `--remote-debugging-port=${port}`],
  });
  try {
    const cookies = (await signedIn?.cookies(url)) ?? [];
    const header = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const result = await lighthouse(url, {
      port,
      onlyCategories: categories,
      logLevel: "error",
      output: "json",
      extraHeaders: header ? { Cookie: header } : undefined,
    });
    if (!result) throw new Error("Lighthouse has nothing to say");
    return result.lhr;
  } finally {
    await chrome.close();
  }
}

function reportOf({ categories, audits }: Result): Report {
  const scores = Object.values(categories).map(({ id, score }) => [id, Math.round((score ?? 0) * 100)]);
  return { scores: Object.fromEntries(scores), audits };
}

/** What a report finds fault with, in a category that should be perfect. */
export function faults({ scores, audits }: Report): string[] {
  if (Object.keys(scores).length === 0) return ["nothing was examined"];
  if (Object.values(scores).every((score) => score === 100)) return [];
  const told = Object.entries(audits).filter(([, { score }]) => score !== null && score < 1);
  return [JSON.stringify(scores), ...told.map(([id, { title }]) => `${id}: ${title}`)];
}
