import { expect, type Page } from "@playwright/test";
import { open } from "./alive.ts";
import { account, endOthersFrom, enter, signInElsewhere } from "./account.ts";
import type { Carnet } from "./carnet.ts";
import { DEVICES } from "./devices.ts";
import { button, field, rename, sendLogin, sendName, sendNewPassword, summary, unfold } from "./page.ts";
import { LONG_NAME, type Person, somebodyLong, WRONG_PASSWORD } from "./person.ts";
import { problem, REFRESH } from "./refresh.ts";
import type { Watch } from "./watch.ts";

/** Where a state is brought about. */
export interface Stage {
  page: Page;
  carnet: Carnet;
  watch: Watch;
  /** Somebody who has no account yet. */
  person: Person;
  /** What their name is, where one shows. */
  name: string;
}

/** A session that the server ends for this reason, and the words that say so. */
function refused(code: string, words: string) {
  return async ({ page, carnet, person, watch }: Stage): Promise<void> => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    watch.expects(401, REFRESH);
    await page.route(REFRESH, (route) => route.fulfill(problem(401, code)));
    await unfold(page, "Edit name");
    await sendName(page, "Not any more");
    await expect(page.getByRole("heading", { name: words })).toBeVisible();
  };
}

/** Every page in every state in which people meet it. */
export const STATES: Record<string, (stage: Stage) => Promise<void>> = {
  home: ({ page }) => open(page, "/"),
  "home-signed-in": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/");
  },
  register: ({ page }) => open(page, "/register"),
  "register-errors": async ({ page }) => {
    await open(page, "/register");
    await field(page, "E-mail").fill("ada.lovelace@");
    await field(page, "Username").fill("ad");
    await field(page, "Password").fill("the kettle");
    await button(page, "Create account").click();
    await expect(summary(page)).toBeFocused();
  },
  login: ({ page }) => open(page, "/login"),
  "login-error": async ({ page, carnet, person, watch }) => {
    await account(carnet, person);
    watch.expects(401, "/api/auth/login");
    await open(page, "/login");
    await sendLogin(page, person.username, WRONG_PASSWORD);
    await expect(summary(page)).toBeFocused();
  },
  "login-busy": async ({ page, person }) => {
    await open(page, "/login");
    await page.route("/api/auth/login", () => {});
    await sendLogin(page, person.username, person.password);
    await expect(button(page, "Signing in…")).toBeVisible();
  },
  profile: async ({ page, carnet, person, name }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await rename(page, name);
    await open(page, "/profile");
  },
  "profile-saved": async ({ page, carnet, person, name }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await rename(page, name);
    await expect(page.getByText("Your name is saved.")).toBeFocused();
  },
  "profile-long": async ({ page, carnet }) => {
    await enter(page, carnet, somebodyLong());
    await open(page, "/profile");
    await rename(page, LONG_NAME);
    await unfold(page, "Edit name");
  },
  "profile-edit-name-error": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await unfold(page, "Edit name");
    await sendName(page, `${LONG_NAME}!`);
    await expect(summary(page)).toBeFocused();
  },
  "profile-change-password": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await unfold(page, "Change password");
  },
  "profile-change-password-error": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await unfold(page, "Change password");
    await sendNewPassword(page, "", "the kettle");
    await expect(summary(page)).toBeFocused();
  },
  "sessions-alone": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/sessions");
  },
  "sessions-several": async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    for (const device of Object.values(DEVICES)) await signInElsewhere(carnet, person, device);
    await open(page, "/sessions");
    await button(page, "Sign out Edge on Windows").click();
    await expect(page.getByText("That device is signed out.")).toBeFocused();
    await unfold(page, "Recently signed out");
  },
  "sessions-long": async ({ page, carnet }) => {
    const person = somebodyLong();
    await enter(page, carnet, person);
    await signInElsewhere(carnet, person, DEVICES.safariOnPhone);
    await open(page, "/sessions");
  },
  "signed-out-elsewhere": async ({ page, carnet, person, watch }) => {
    await enter(page, carnet, person);
    const phone = await signInElsewhere(carnet, person, DEVICES.safariOnPhone);
    await open(page, "/profile");
    await endOthersFrom(carnet, phone);
    watch.expects(401, "/api/me");
    watch.expects(401, "/api/auth/refresh");
    await unfold(page, "Edit name");
    await sendName(page, "Not any more");
    await expect(page.getByText("You were signed out on another device")).toBeVisible();
  },
  "signed-out-elsewhere-at-home": async ({ page, carnet, person, watch }) => {
    await enter(page, carnet, person);
    const phone = await signInElsewhere(carnet, person, DEVICES.safariOnPhone);
    await open(page, "/");
    await endOthersFrom(carnet, phone);
    watch.expects(401, REFRESH);
    await open(page, "/");
    await expect(page.getByText("You were signed out on another device")).toBeVisible();
  },
  "signed-out-reused": refused("session_reused", "You were signed out to be safe"),
  "signed-out-expired": refused("session_expired", "You have been away for a while"),
  "signed-out-password-changed": refused("password_changed", "Your password was changed"),
  "signed-out-disabled": refused("account_disabled", "This account is not available"),
  "signed-in-as-another": async ({ page, carnet, person, name }) => {
    await enter(page, carnet);
    await open(page, "/profile");
    const other = await page.context().newPage();
    await enter(other, carnet, person);
    await open(other, "/profile");
    await rename(other, name);
    await other.close();
    await expect(page.getByText(`You are now signed in as ${person.username}.`)).toBeVisible();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
  },
  offline: async ({ page, carnet, person }) => {
    await enter(page, carnet, person);
    await open(page, "/profile");
    await page.context().setOffline(true);
    await expect(page.getByText("You are offline. You stay signed in.")).toBeVisible();
  },
  "not-found": async ({ page, watch }) => {
    watch.expects(404, "/nowhere");
    await open(page, "/nowhere");
  },
};
