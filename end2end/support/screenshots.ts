import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { called } from "./person.ts";
import { STATES } from "./states.ts";
import { expect, test } from "./test.ts";

const NAMES = ["Ada Lovelace", "Grace Hopper", "Alan Turing", "Mary Somerville", "Emmy Noether", "Sofya Kovalevskaya"];

function folder(): string {
  const chosen = process.env.CARNET_SCREENSHOTS;
  if (!chosen) throw new Error("say where to: npm run screenshots -- FOLDER");
  return resolve(process.env.INIT_CWD ?? ".", chosen);
}

const states = Object.entries(STATES);

for (const [index, [state, arrange]] of states.entries()) {
  test(`${state}`, async ({ page, carnet, watch }) => {
    await mkdir(folder(), { recursive: true });
    const name = NAMES[index % NAMES.length]!;
    const username = name.toLowerCase().replace(" ", ".");
    // Nobody stands in two pictures of one server.
    const person = called(index < NAMES.length ? username : `${username}.${index}`);
    await arrange({ page, carnet, watch, person, name });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const path = join(folder(), `${state}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true, animations: "disabled" });
      }
    }
    await expect(page.locator("body")).toBeVisible();
  });
}
