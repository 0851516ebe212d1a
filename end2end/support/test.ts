import { type BrowserContextOptions, type Page, test as base } from "@playwright/test";
import { tellWhenAlive } from "./alive.ts";
import { Carnet, type Program, type Settings } from "./carnet.ts";
import { Watch } from "./watch.ts";

export { expect } from "@playwright/test";

export interface Options {
  /** What the server is started with, beside its address. */
  settings: Settings;
  /** What is started: `carnet serve` when absent. */
  program: Program | undefined;
}

interface Worker extends Options {
  carnet: Carnet;
}

interface Fixtures {
  watch: Watch;
  /** Opens a page in a browser that shares nothing with the others. */
  newDevice: (options?: BrowserContextOptions) => Promise<Page>;
}

/** Most tests sign in more often from one address than the limits bear. */
export const DEFAULTS: Settings = { "limits.enabled": "false" };

export const test = base.extend<Fixtures, Worker>({
  settings: [{}, { option: true, scope: "worker" }],
  program: [undefined, { option: true, scope: "worker" }],
  carnet: [
    async ({ settings, program }, use) => {
      const carnet = await Carnet.start({ ...DEFAULTS, ...settings }, program);
      await use(carnet);
      await carnet.remove();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ carnet }, use) => use(carnet.url),
  watch: [
    async ({}, use) => {
      const watch = new Watch();
      await use(watch);
      watch.verify();
    },
    { auto: true },
  ],
  context: async ({ context, watch }, use) => {
    watch.over(context);
    await tellWhenAlive(context);
    await use(context);
  },
  newDevice: async ({ browser, watch }, use) => {
    const contexts: { close(): Promise<void> }[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      watch.over(context);
      await tellWhenAlive(context);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});
