import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { enter } from "./account.ts";
import { examine } from "./lighthouse.ts";
import { expect, test } from "./test.ts";

const ROUNDS = 5;
const GOOD = 95;

/** What is told of each page: the score out of 100, and milliseconds. */
interface Figures {
  score: number;
  firstByte: number;
  firstPaint: number;
  largestPaint: number;
  blocked: number;
  interactive: number;
}

const told: Record<string, Figures> = {};

test.describe.configure({ timeout: 600_000, mode: "serial" });

for (const [path, isSignedIn] of [["/", false], ["/register", false], ["/login", false], ["/profile", true], ["/sessions", true]] as const) {
  test(`${path} is quick on a slow phone`, async ({ page, carnet, context }) => {
    if (isSignedIn) await enter(page, carnet);
    const rounds: Figures[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { scores, audits } = await examine(carnet.url + path, ["performance"], isSignedIn ? context : undefined);
      const milliseconds = (id: string) => Math.round(audits[id]?.numericValue ?? Number.NaN);
      rounds.push({
        score: scores.performance ?? Number.NaN,
        firstByte: milliseconds("server-response-time"),
        firstPaint: milliseconds("first-contentful-paint"),
        largestPaint: milliseconds("largest-contentful-paint"),
        blocked: milliseconds("total-blocking-time"),
        interactive: milliseconds("interactive"),
      });
    }
    const figures = medians(rounds);
    told[path] = figures;
    console.log(`${path} ${JSON.stringify(figures)} scores ${rounds.map(({ score }) => score).join(" ")}`);
    expect(figures.score).toBeGreaterThanOrEqual(GOOD);
  });
}

test.afterAll(async () => {
  const file = process.env.CARNET_PERFORMANCE;
  if (file) await writeFile(resolve(process.env.INIT_CWD ?? ".", file), `${JSON.stringify(told, null, 2)}\n`);
});

function medians(rounds: Figures[]): Figures {
  const names = Object.keys(rounds[0]!) as (keyof Figures)[];
  const middle = (name: keyof Figures) => rounds.map((it) => it[name]).sort((a, b) => a - b)[(ROUNDS - 1) / 2]!;
  return Object.fromEntries(names.map((name) => [name, middle(name)])) as unknown as Figures;
}
