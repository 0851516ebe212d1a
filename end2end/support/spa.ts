import { fileURLToPath } from "node:url";
import { expect, type Page } from "@playwright/test";
import { AxumApi } from "./axum_api.ts";
import { BUILT_EXAMPLES, Carnet, type Settings } from "./carnet.ts";
import { freePort } from "./free_port.ts";
import { button, field } from "./page.ts";
import type { Person } from "./person.ts";
import { Site } from "./site.ts";
import { DEFAULTS, test as base } from "./test.ts";

const FOLDERS = {
  "/": fileURLToPath(new URL("../../examples/spa/site", import.meta.url)),
  "/pkg/": BUILT_EXAMPLES.spa,
};

interface Servers {
  carnet: Carnet;
  api: AxumApi;
}

interface Worker {
  /** The app's files, on an origin of their own. */
  site: Site;
  servers: Servers;
  api: AxumApi;
}

/** Three origins: the app's files, Carnet, and an API. Paths are the app's. */
export const test = base.extend<{}, Worker>({
  site: [
    async ({}, use) => {
      const site = await Site.open(FOLDERS);
      await use(site);
      site.close();
    },
    { scope: "worker" },
  ],
  servers: [
    async ({ settings, site }, use) => {
      const { carnet, api } = await startServers(settings, site.origin());
      site.replaced.set("http://127.0.0.1:3000", carnet.url).set("http://127.0.0.1:4000", api.url);
      await use({ carnet, api });
      await api.stop();
      await carnet.remove();
    },
    { scope: "worker" },
  ],
  carnet: [async ({ servers }, use) => use(servers.carnet), { scope: "worker" }],
  api: [async ({ servers }, use) => use(servers.api), { scope: "worker" }],
  // What the app calls runs before one of its pages is opened.
  baseURL: async ({ site, servers: _ }, use) => use(site.origin()),
});

const ATTEMPTS = 3;

/** Starts a Carnet and an API that trust each other, for the pages of one origin. */
export async function startServers(settings: Settings, origin: string): Promise<Servers> {
  for (let attempt = 1; ; attempt += 1) {
    // The API's address is also its name, and Carnet has to know the name before the API starts.
    const apiUrl = `http://127.0.0.1:${await freePort()}`;
    const own = { "server.allowed_origins": origin, "tokens.resources": apiUrl };
    const carnet = await Carnet.start({ ...DEFAULTS, ...own, ...settings });
    try {
      return { carnet, api: await startApi(carnet, apiUrl, origin) };
    } catch (error) {
      await carnet.remove();
      // Somebody else may have taken the port meanwhile.
      if (attempt === ATTEMPTS || !String(error).includes("cannot listen")) throw error;
    }
  }
}

/** Starts the API at an address that is also its name, for the tokens of one Carnet. */
function startApi(carnet: Carnet, url: string, allowedOrigin: string): Promise<AxumApi> {
  const { host } = new URL(url);
  return AxumApi.start("--address", host, "--issuer", carnet.url, "--audience", url, "--allowed-origin", allowedOrigin);
}

/** Sends the form to sign in. */
export async function sendSignIn(page: Page, login: string, password: string): Promise<void> {
  await field(page, "Username or e-mail").fill(login);
  await field(page, "Password").fill(password);
  await button(page, "Sign in").click();
}

/** Opens the app, signs in, and waits for all that the app then asks for. */
export async function enterApp(page: Page, person: Person): Promise<void> {
  await page.goto("/");
  await sendSignIn(page, person.username, person.password);
  await expectSignedInTo(page, person);
}

/** The app says who is signed in, as Carnet does when it is asked. */
export async function expectSignedInTo(page: Page, person: Person): Promise<void> {
  await expect(page.getByText(`Signed in as ${person.username}`)).toBeVisible();
  await expect(page.getByText(`Your e-mail address is ${person.email}.`)).toBeVisible();
  await expect(page.getByRole("alert")).toHaveCount(0);
}

/** Keeps a note at the API. */
export async function keepNote(page: Page, text: string): Promise<void> {
  await field(page, "New note").fill(text);
  await button(page, "Keep").click();
  await expect(page.getByRole("listitem").filter({ hasText: text })).toBeVisible();
}

/** The token that the page's next request of an address is sent with. */
export async function tokenOfNext(page: Page, address: string): Promise<string> {
  // A preflight goes to the same address, without one.
  const request = await page.waitForRequest(
    (it) => it.url() === address && it.headers()["authorization"] !== undefined,
  );
  return request.headers()["authorization"]!.replace("Bearer ", "");
}
