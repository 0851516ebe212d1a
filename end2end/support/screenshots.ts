import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { called } from "./person.ts";
import { STATES } from "./states.ts";
import { test } from "./test.ts";

/** Nobody stands in two pictures, since all of them are taken of one server. */
const NAMES = [
  "Ada Lovelace",
  "Grace Hopper",
  "Alan Turing",
  "Mary Somerville",
  "Emmy Noether",
  "Barbara Liskov",
  "Donald Knuth",
  "Frances Allen",
  "Edsger Dijkstra",
  "Hedy Lamarr",
  "Joan Clarke",
  "Konrad Zuse",
  "Karen Jones",
  "Robin Milner",
  "Radia Perlman",
  "Tony Hoare",
  "Jean Sammet",
  "Niklaus Wirth",
  "Shafi Goldwasser",
  "Whitfield Diffie",
  "Annie Easley",
  "Charles Babbage",
  "Evelyn Boyd",
  "John Backus",
  "Kathleen Booth",
  "Maurice Wilkes",
];

// The README shows this one, so it is the first one's.
const { profile, ...others } = STATES;
const states = Object.entries({ profile: profile!, ...others });

for (const [index, [state, arrange]] of states.entries()) {
  test(`a picture of ${state}`, async ({ page, carnet, watch }) => {
    const name = NAMES[index];
    if (!name) throw new Error("there are more states than names");
    const person = called(name.toLowerCase().replace(" ", "."));
    await arrange({ page, carnet, watch, person, name });
    await mkdir(folder(), { recursive: true });
    for (const [width, height] of [[390, 844], [1280, 800]] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        const path = join(folder(), `${state}-${width}-${colorScheme}.png`);
        await page.screenshot({ path, fullPage: true, animations: "disabled" });
      }
    }
  });
}

function folder(): string {
  const chosen = process.env.CARNET_SCREENSHOTS;
  if (!chosen) throw new Error("say where to: npm run screenshots -- FOLDER");
  return resolve(process.env.INIT_CWD ?? ".", chosen);
}
