// Serves a real Carnet with a key of every algorithm, and writes down tokens of each for the verifiers:
//
//     node main.mjs path/to/carnet
//
// It says "issued FILE" when they can begin, and serves until its standard input ends.

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Carnet, freePort } from "./carnet.mjs";
import { change, noticed, PUBLISHED, share } from "./keys.mjs";
import { headerOf, Session } from "./session.mjs";

const EACH = 100;
const RESOURCE = "https://orders.example.org";
const PERSON = { username: "ada", email: "ada@example.org", password: "the kettle is on again" };

async function issue(carnet, url) {
  await carnet.serve({ "tokens.access_lifetime": "1s" });
  const expired = await new Session(url, RESOURCE).signIn(PERSON.username, PERSON.password);
  await carnet.stop();

  // Until everything is verified.
  await carnet.serve({ "tokens.access_lifetime": "15m" });
  const sessions = [new Session(url), new Session(url, RESOURCE)];
  for (const session of sessions) await session.signIn(PERSON.username, PERSON.password);

  const tokens = {};
  for (const algorithm of PUBLISHED) {
    tokens[algorithm] = await several(sessions, await change(carnet, algorithm));
  }
  const { secret, kid } = await share(carnet);
  const shared = { secret, tokens: await several(sessions, kid) };
  return { issuer: url, resource: RESOURCE, username: PERSON.username, tokens, shared, expired };
}

/** Tokens that this key has signed, as many for Carnet itself as for the resource. */
async function several(sessions, kid) {
  const each = sessions.map(async (session) => {
    const tokens = [await noticed(session, kid)];
    while (tokens.length < EACH / sessions.length) tokens.push(await session.refresh());
    return tokens;
  });
  const [own, forResource] = await Promise.all(each);
  const strange = [...own, ...forResource].find((token) => headerOf(token).kid !== kid);
  if (strange) throw new Error(`signed with another key than ${kid}: ${strange}`);
  return { own, forResource };
}

async function addPerson(carnet) {
  const { username, email, password } = PERSON;
  await carnet.run(["user", "add", username, email, "--password-stdin"], { input: password });
  await carnet.run(["user", "role", username, "--add", "editor"]);
  // Not every byte of a payload is ASCII.
  await carnet.run(["user", "set", username, "--attribute", "town=Łódź"]);
}

const ended = once(process.stdin.resume(), "end");
// Ctrl-C reaches everybody at the terminal; then standard input ends, too.
process.on("SIGINT", () => {});

const folder = await mkdtemp(join(tmpdir(), "carnet-interop-"));
const port = await freePort();
const carnet = new Carnet(resolve(process.argv[2]), folder, {
  "server.address": `127.0.0.1:${port}`,
  "tokens.resources": RESOURCE,
  "claims.town": "attributes.town",
  // Nothing here is worth guarding.
  "limits.enabled": "false",
});
try {
  await addPerson(carnet);
  const file = join(folder, "issued.json");
  await writeFile(file, JSON.stringify(await issue(carnet, `http://127.0.0.1:${port}`)));
  console.log(`issued ${file}`);
  await ended;
  await carnet.stop();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit();
