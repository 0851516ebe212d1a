import { AxeBuilder } from "@axe-core/playwright";
import { account } from "../support/account.ts";
import { AxumApi } from "../support/axum_api.ts";
import { Carnet } from "../support/carnet.ts";
import { button, field } from "../support/page.ts";
import { type Person, WRONG_PASSWORD } from "../support/person.ts";
import { nextRefresh, REFRESH } from "../support/refresh.ts";
import { enterApp, expectSignedInTo, keepNote, sendSignIn, startServers, test, tokenOfNext } from "../support/spa.ts";
import { DEFAULTS, expect } from "../support/test.ts";
import { outliveToken, turnClock } from "../support/time.ts";
import { Traffic } from "../support/traffic.ts";

interface Tokens {
  access_token: string;
  refresh_token: string;
}

/** Posts to Carnet as a program does, without a browser. */
function post(carnet: Carnet, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(carnet.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function tokensOf(carnet: Carnet, { username, password }: Person, resource?: string): Promise<Tokens> {
  const answer = await post(carnet, "/api/auth/login", { login: username, password, resource });
  expect(answer.status).toBe(200);
  return answer.json();
}

function askForNotes(url: string, token?: string): Promise<Response> {
  return fetch(`${url}/notes`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

async function expectRefused(answer: Response, code: string): Promise<void> {
  expect(answer.status).toBe(401);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(answer.headers.get("www-authenticate")).toContain("Bearer");
  expect(await answer.json()).toMatchObject({ status: 401, code });
}

test("a person signs in from another origin, and Carnet and the API know who it is", async ({
  page,
  context,
  carnet,
  api,
}) => {
  const ada = await account(carnet);
  const traffic = new Traffic(context);
  const [forCarnet, forApi] = [tokenOfNext(page, `${carnet.url}/api/me`), tokenOfNext(page, `${api.url}/notes`)];
  await enterApp(page, ada);
  await keepNote(page, "Put the kettle on");
  await keepNote(page, "Pour the tea");
  await expect(page.getByRole("listitem")).toHaveText(["Put the kettle on", "Pour the tea"]);
  // Each has a token that the other refuses.
  await expectRefused(await askForNotes(api.url, await forCarnet), "invalid_token");
  const me = await fetch(`${carnet.url}/api/me`, { headers: { authorization: `Bearer ${await forApi}` } });
  await expectRefused(me, "invalid_token");
  expect(traffic.count("POST", REFRESH), "one token for the API serves all its calls").toBe(1);
  expect(traffic.refusals()).toEqual([]);
  expect(await context.cookies()).toEqual([]);
});

test("the app says that a password is wrong, and takes the right one", async ({ page, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expects(401, "/api/auth/login");
  await page.goto("/");
  await sendSignIn(page, ada.username, WRONG_PASSWORD);
  await expect(page.getByRole("alert")).toHaveText("The username or the password is wrong.");
  await expect(field(page, "Username or e-mail")).toHaveValue(ada.username);
  await field(page, "Password").fill(ada.password);
  await button(page, "Sign in").click();
  await expectSignedInTo(page, ada);
});

test("who loads the page again is still signed in", async ({ page, context, carnet }) => {
  const ada = await account(carnet);
  await enterApp(page, ada);
  await keepNote(page, "Put the kettle on");
  const traffic = new Traffic(context);
  await page.reload();
  await expectSignedInTo(page, ada);
  await expect(page.getByRole("listitem")).toHaveText(["Put the kettle on"]);
  expect(traffic.count("POST", "/api/auth/login")).toBe(0);
  expect(traffic.refusals(), "the token that was kept is the one for Carnet").toEqual([]);
});

test("expired tokens are renewed without a word", async ({ page, context, carnet, api }) => {
  const ada = await account(carnet);
  await turnClock(page);
  const before = tokenOfNext(page, `${api.url}/notes`);
  await enterApp(page, ada);
  await keepNote(page, "Put the kettle on");
  const traffic = new Traffic(context);
  const refreshed = nextRefresh(context);
  await outliveToken(page);
  expect((await refreshed).status()).toBe(200);
  const after = tokenOfNext(page, `${api.url}/notes`);
  await keepNote(page, "Pour the tea");
  expect(await after).not.toBe(await before);
  await expectSignedInTo(page, ada);
  expect(traffic.refusals()).toEqual([]);
  expect(traffic.count("POST", REFRESH), "one token for Carnet and one for the API").toBe(2);
});

test("signing out forgets everything in the browser and ends the session", async ({ page, carnet, api }) => {
  const ada = await account(carnet);
  const forApi = tokenOfNext(page, `${api.url}/notes`);
  await enterApp(page, ada);
  await keepNote(page, "Put the kettle on");
  const stored = await page.evaluate(() => localStorage.getItem("carnet.tokens"));
  const heard = page.waitForResponse(`${carnet.url}/api/auth/logout`);
  await button(page, "Sign out").click();
  await heard;
  await expect(field(page, "Username or e-mail")).toBeVisible();
  for (const secret of [ada.username, ada.email, "Put the kettle on"]) {
    await expect(page.locator("body")).not.toContainText(secret);
  }
  expect(await page.evaluate(() => localStorage.getItem("carnet.tokens"))).toBeNull();
  await page.reload();
  await expect(field(page, "Username or e-mail")).toBeVisible();

  const { refresh_token } = JSON.parse(stored!);
  await expectRefused(await post(carnet, REFRESH, { refresh_token, resource: api.url }), "session_ended");
  // Nobody tells the API before the token expires.
  expect((await askForNotes(api.url, await forApi)).status).toBe(200);
});

test("the app has no fault that axe finds", async ({ page, carnet }) => {
  const ada = await account(carnet);
  const faults = async () => (await new AxeBuilder({ page }).analyze()).violations;
  await page.goto("/");
  await expect(button(page, "Sign in")).toBeVisible();
  expect(await faults()).toEqual([]);
  await enterApp(page, ada);
  await keepNote(page, "Put the kettle on");
  expect(await faults()).toEqual([]);
});

test("an origin that Carnet does not name gets no answer, and the app says so", async ({ page, site, carnet, watch }) => {
  const ada = await account(carnet);
  watch.expectsForeignOrigin();
  await page.goto(site.origin("localhost"));
  await sendSignIn(page, ada.username, ada.password);
  await expect(page.getByRole("alert")).toContainText("server.allowed_origins does not name the origin of this page");
  await expect(button(page, "Sign in")).toBeEnabled();
});

test("the API refuses requests without a token of this Carnet for it", async ({ carnet, api, site }) => {
  const ada = await account(carnet);
  expect((await fetch(api.url)).status, "what is for everybody").toBe(200);
  const { access_token } = await tokensOf(carnet, ada, api.url);
  expect((await askForNotes(api.url, access_token)).status).toBe(200);

  await expectRefused(await askForNotes(api.url), "missing_token");
  await expectRefused(await askForNotes(api.url, (await tokensOf(carnet, ada)).access_token), "invalid_token");
  // The same claims, signed by somebody else.
  const forger = await Carnet.start({ ...DEFAULTS, "tokens.issuer": carnet.url, "tokens.resources": api.url });
  const forged = await tokensOf(forger, await account(forger), api.url);
  await expectRefused(await askForNotes(api.url, forged.access_token), "invalid_token");
  await forger.remove();

  const allowed = async (origin: string) => {
    const headers = { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" };
    const answer = await fetch(`${api.url}/notes`, { method: "OPTIONS", headers });
    return answer.headers.get("access-control-allow-origin");
  };
  expect(await allowed(site.origin())).toBe(site.origin());
  expect(await allowed("https://evil.example")).toBeNull();
});

test("a token is good at the API until it expires, signed out or not", async () => {
  const { carnet, api } = await startServers({ "tokens.access_lifetime": "5s" }, "http://127.0.0.1:8080");
  const { url } = api;
  const { access_token, refresh_token } = await tokensOf(carnet, await account(carnet), url);
  expect((await post(carnet, "/api/auth/logout", { refresh_token })).status).toBe(204);
  expect((await askForNotes(url, access_token)).status).toBe(200);
  await expect.poll(async () => (await askForNotes(url, access_token)).status).toBe(401);
  await api.stop();
  await carnet.remove();
});

for (const [flag, value, told] of [
  ["--address", "127.0.0.1", "invalid socket address"],
  ["--issuer", "http://id.example.org", "https"],
  ["--allowed-origin", "http://127.0.0.1:8080/", "did you mean http://127.0.0.1:8080?"],
] as const) {
  test(`the API says what is wrong with ${flag} ${value}`, async () => {
    await expect(AxumApi.start(flag, value)).rejects.toThrow(told);
  });
}
