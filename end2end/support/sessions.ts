import { expect } from "@playwright/test";
import { type Elsewhere, lookElsewhere } from "./account.ts";
import type { Carnet } from "./carnet.ts";

interface Sessions {
  sessions: { ended_because?: string }[];
}

/** Waits until a session of the account was signed out: at once in the browser, on the server when it has heard of it. */
export async function expectEnded(carnet: Carnet, elsewhere: Elsewhere): Promise<void> {
  await expect.poll(() => endings(carnet, elsewhere)).toContain("logout");
}

/** Why sessions of the account have ended. */
export async function endings(carnet: Carnet, elsewhere: Elsewhere): Promise<string[]> {
  const { sessions } = await lookElsewhere<Sessions>(carnet, elsewhere, "/api/me/sessions");
  return sessions.flatMap((session) => session.ended_because ?? []);
}
