// oauth4webapi: the issuer's metadata, and from there the keys, by the rules for access tokens (RFC 9068).

import assert from "node:assert/strict";
import { test } from "node:test";
import * as oauth from "oauth4webapi";
import { expired, issuer, promoted, resource, shared, tokens, username, withAudience } from "./issued.js";

// Allowed on this machine only, and nowhere else would Carnet have such an issuer.
const insecurely = { [oauth.allowInsecureRequests]: true };

const url = new URL(issuer);
const answer = await oauth.discoveryRequest(url, { algorithm: "oauth2", ...insecurely });
const server = await oauth.processDiscoveryResponse(url, answer);

function verify(token, audience, options) {
  const request = new Request(audience, { headers: { authorization: `Bearer ${token}` } });
  return oauth.validateJwtAccessToken(server, request, audience, { ...insecurely, ...options });
}

test("oauth4webapi finds the keys by the metadata", () => {
  assert.equal(server.issuer, issuer);
  assert.equal(server.jwks_uri, `${issuer}/.well-known/jwks.json`);
});

for (const [algorithm, issued] of Object.entries(tokens)) {
  const only = { signingAlgorithms: [algorithm] };

  test(`oauth4webapi accepts every token by ${algorithm}`, async () => {
    const seen = new Set();
    for (const [token, audience] of withAudience(issued)) {
      const claims = await verify(token, audience, only);
      assert.equal(claims.username, username);
      assert.equal(claims.town, "Łódź");
      seen.add(claims.jti);
    }
    assert.equal(seen.size, 100);
  });

  test(`oauth4webapi refuses what was changed after ${algorithm} signed it`, async () => {
    for (const [token, audience] of withAudience(issued)) {
      await assert.rejects(verify(promoted(token), audience, only), /signature verification failed/);
    }
  });

  test(`oauth4webapi refuses what is for somebody else by ${algorithm}`, async () => {
    const wrong = /unexpected JWT "aud"/;
    await assert.rejects(verify(issued.own[0], resource, only), wrong);
    await assert.rejects(verify(issued.forResource[0], issuer, only), wrong);
  });
}

test("oauth4webapi refuses what has expired", async () => {
  const refusal = verify(expired, resource, { [oauth.clockTolerance]: 0 });
  await assert.rejects(refusal, /"exp"/);
});

test("oauth4webapi takes no HS256 at all", async () => {
  await assert.rejects(verify(shared.tokens.own[0], issuer), /"alg"/);
});

test("oauth4webapi knows EdDSA by the name in the token", async () => {
  const [token] = tokens.EdDSA.own;
  await verify(token, issuer, { signingAlgorithms: ["Ed25519", "EdDSA"] });
  await assert.rejects(verify(token, issuer, { signingAlgorithms: ["Ed25519"] }), /"alg"/);
});
