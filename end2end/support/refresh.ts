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

/** An answer of the server that has not got to the browser. */
export interface Held {
  answer: APIResponse;
  /** Lets the browser have it, if it still wants it. */
  letGo(): Promise<void>;
}

/** Keeps back the answer to the next refresh of any tab. */
export function holdNextRefresh(context: BrowserContext): Promise<Held> {
  return new Promise((resolve) => {
    const hold = async (route: Route) => {
      const answer = await answerTo(route);
      resolve({ answer, letGo: () => route.fulfill({ response: answer }).catch(() => {}) });
    };
    context.route(`**${REFRESH}`, hold, { times: 1 });
  });
}

/** How the server refuses a request. */
export function problem(status: number, code: string) {
  return {
    status,
    contentType: "application/problem+json",
    body: JSON.stringify({ type: "about:blank", title: "So the test says.", status, code }),
  };
}
