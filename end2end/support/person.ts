import { randomBytes } from "node:crypto";

export interface Person {
  email: string;
  username: string;
  password: string;
}

/** Stands in every password here, so that one that ends up in an address is recognised. */
export const SECRET_WORD = "kettle";

export const PASSWORD = "the kettle is on again";
export const ANOTHER_PASSWORD = "no kettle was ever this red";
export const WRONG_PASSWORD = "the kettle is somewhere else";

/** Somebody whom no other test knows. */
export function somebody(): Person {
  return called(`ada.${randomBytes(4).toString("hex")}`);
}

/** Somebody with this username. */
export function called(username: string): Person {
  return { email: `${username}@example.org`, username, password: PASSWORD };
}

/** Somebody with the longest username and e-mail address that there can be. */
export function somebodyLong(): Person {
  const part = `${randomBytes(4).toString("hex")}${"w".repeat(55)}`;
  const domain = `${part}.${part}.${"m".repeat(57)}.org`;
  return { email: `${"x".repeat(64)}@${domain}`, username: part.slice(0, 32), password: PASSWORD };
}

/** The longest name that there can be, without a place to break it. */
export const LONG_NAME = "Wolfeschlegelsteinhausen".repeat(5).slice(0, 100);
