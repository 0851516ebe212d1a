import type { Page } from "@playwright/test";
import { account } from "../support/account.ts";
import { open, reload } from "../support/alive.ts";
import type { Carnet } from "../support/carnet.ts";
import { expectSignedIn, rename } from "../support/page.ts";
import type { Person } from "../support/person.ts";
import { expect, test } from "../support/test.ts";

/** A session of the command line, as Playwright takes it. */
async function storageState(carnet: Carnet, username: string) {
  return JSON.parse(await carnet.command("dev", "storage-state", username));
}

async function expectRenamed(page: Page, name: string) {
  await rename(page, name);
  await reload(page);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

/** As docs/embedding.md has it: whatever begins, begins signed in. */
const asAda = test.extend<{ ada: Person }>({
  ada: async ({ carnet }, use) => use(await account(carnet)),
  storageState: async ({ carnet, ada }, use) => use(await storageState(carnet, ada.username)),
});

asAda("a session of the command line signs a browser in, page and script alike", async ({ page, ada }) => {
  await open(page, "/profile");
  await expectSignedIn(page, ada);
  await expectRenamed(page, "Ada Lovelace");
  await expectSignedIn(page, ada);
});

test("each browser has a session of its own, so that none signs another out", async ({ carnet, newDevice }) => {
  const ada = await account(carnet);
  const browser = async () => newDevice({ storageState: await storageState(carnet, ada.username) });
  const [laptop, phone] = [await browser(), await browser()];
  const visits = [
    [laptop, "Ada on the laptop"],
    [phone, "Ada on the phone"],
    [laptop, "Ada on the laptop again"],
  ] as const;
  for (const [page, name] of visits) {
    await open(page, "/profile");
    await expectSignedIn(page, ada);
    await expectRenamed(page, name);
  }
});
