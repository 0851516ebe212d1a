import { generateKeyPairSync, randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { headerOf } from "./session.mjs";

/** A running server looks for new keys several times a second. */
const NOTICED_MS = 10_000;

/** How each algorithm's key comes to be: made by Carnet, or made here and imported as what others export. */
const WAYS = {
  ES256: (carnet) => rotate(carnet, "ES256"),
  ES384: (carnet) => rotate(carnet, "ES384"),
  EdDSA: (carnet) => {
    const { privateKey } = generateKeyPairSync("ed25519");
    return bring(carnet, JSON.stringify(privateKey.export({ format: "jwk" })));
  },
  RS256: (carnet) => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    return bring(carnet, privateKey.export({ type: "pkcs8", format: "pem" }));
  },
  PS256: (carnet) => rotate(carnet, "PS256"),
};

/** The algorithms whose keys are published. */
export const PUBLISHED = Object.keys(WAYS);

/** Makes a published key that signs from now on. */
export function change(carnet, algorithm) {
  return WAYS[algorithm](carnet);
}

/** Makes a secret that signs from now on; whoever is to verify must be told. */
export async function share(carnet) {
  const secret = randomBytes(32).toString("base64url");
  const kid = await bring(carnet, JSON.stringify({ kty: "oct", alg: "HS256", k: secret }));
  return { secret, kid };
}

/** Refreshes until the server, running all the while, signs with this key; the first such token. */
export async function noticed(session, kid) {
  const deadline = Date.now() + NOTICED_MS;
  while (Date.now() < deadline) {
    const token = await session.refresh();
    if (headerOf(token).kid === kid) return token;
    await sleep(50);
  }
  throw new Error(`after ${NOTICED_MS} ms the server does not sign with key ${kid}`);
}

async function rotate(carnet, algorithm) {
  const settings = { "tokens.algorithm": algorithm };
  return idIn(await carnet.run(["key", "rotate", "--now"], { settings }));
}

async function bring(carnet, key) {
  return idIn(await carnet.run(["key", "import", "-", "--now"], { input: key }));
}

function idIn(said) {
  const [, id] = /^Key (\S+) is in use now/.exec(said) ?? [];
  if (!id) throw new Error(`which key? ${said}`);
  return id;
}
