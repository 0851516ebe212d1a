import { expect, type Page } from "@playwright/test";
import type { Carnet } from "./carnet.ts";
import { type Person, somebody } from "./person.ts";

/** Makes an account that is signed in nowhere. */
export async function account(carnet: Carnet, person = somebody()): Promise<Person> {
  const { email, username, password } = person;
  const { refresh_token } = await post(carnet, "/api/auth/register", { email, username, password });
  await post(carnet, "/api/auth/logout", { refresh_token });
  return person;
}

/** Makes an account and signs the page's browser in, without the forms. */
export async function enter(page: Page, carnet: Carnet, person = somebody()): Promise<Person> {
  const { email, username, password } = person;
  const answer = await whenServed(() =>
    page.request.post(`${carnet.url}/api/auth/register`, {
      headers: { origin: carnet.url },
      data: { email, username, password, delivery: "cookie" },
    }),
  (it) => it.status());
  expect(answer.status(), await answer.text()).toBe(201);
  return person;
}

/** What a program holds that has signed in. */
export interface Elsewhere {
  access_token: string;
  session: { id: string };
}

/** Signs in from another device, known by its user agent. */
export async function signInElsewhere(
  carnet: Carnet,
  person: Person,
  userAgent: string,
): Promise<Elsewhere> {
  const body = { login: person.username, password: person.password };
  return post(carnet, "/api/auth/login", body, { "user-agent": userAgent });
}

/** What the account looks like from that other device. */
export async function lookElsewhere<T>(carnet: Carnet, elsewhere: Elsewhere, path: string): Promise<T> {
  const answer = await fetch(carnet.url + path, { headers: bearer(elsewhere) });
  expect(answer.status, path).toBe(200);
  return answer.json();
}

/** Whether that other device is still signed in. */
export async function isSignedIn(carnet: Carnet, elsewhere: Elsewhere): Promise<boolean> {
  const answer = await fetch(`${carnet.url}/api/me`, { headers: bearer(elsewhere) });
  expect([200, 401]).toContain(answer.status);
  return answer.status === 200;
}

/** Signs all devices out but that other one. */
export async function endOthersFrom(carnet: Carnet, elsewhere: Elsewhere): Promise<void> {
  const answer = await fetch(`${carnet.url}/api/me/sessions`, {
    method: "DELETE",
    headers: bearer(elsewhere),
  });
  expect(answer.ok).toBe(true);
}

function bearer(elsewhere: Elsewhere): Record<string, string> {
  return { authorization: `Bearer ${elsewhere.access_token}` };
}

async function post(carnet: Carnet, path: string, body: object, headers = {}): Promise<any> {
  const request = {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  };
  const answer = await whenServed(() => fetch(carnet.url + path, request), (it) => it.status);
  const text = await answer.text();
  expect(answer.ok, `${path}: ${answer.status} ${text}`).toBe(true);
  return text ? JSON.parse(text) : {};
}

/** A busy server asks for another try after a second. */
const RETRY_MS = 1000;
const TRIES = 10;

/** Prepares a test on a machine that may be busy with others: a 503 is no answer yet. */
async function whenServed<T>(send: () => Promise<T>, status: (answer: T) => number): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    const answer = await send();
    if (status(answer) !== 503 || left === 1) return answer;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
