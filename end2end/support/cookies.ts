import type { BrowserContext, Cookie } from "@playwright/test";

/** The cookies of a browser without the one that its device is known by, which outlives every session. */
export async function sessionCookies(context: BrowserContext): Promise<Cookie[]> {
  return (await context.cookies()).filter(({ name }) => !name.includes("-device"));
}
