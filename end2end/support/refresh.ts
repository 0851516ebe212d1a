import { type APIResponse, type BrowserContext, request, type Response, type Route } from "@playwright/test";

export const REFRESH = "/api/auth/refresh";

/** Waits for the answer to the next refresh of any tab. */
export function nextRefresh(context: BrowserContext): Promise<Response> {
  return context.waitForEvent("response", (it) => it.url().endsWith(REFRESH));
}

/** Lets the server handle a request whose answer the browser does not get, with nothing of it, not even the cookie. */
export async function answerTo(route: Route): Promise<APIResponse> {
  const apart = await request.newContext();
  const answer = await apart.fetch(route.request(), { headers: await route.request().allHeaders() });
  await answer.body();
  return answer;
}
