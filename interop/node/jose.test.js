// jose, with the keys from createRemoteJWKSet.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { expired, issuer, promoted, resource, shared, tokens, username, withAudience } from "./issued.js";

const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", issuer));
const requiredClaims = ["exp", "sub", "client_id", "iat", "jti"];

function verify(token, options) {
  return jwtVerify(token, keys, { issuer, typ: "at+jwt", requiredClaims, ...options });
}

test("tokens by every algorithm with a published key are there to try", () => {
  assert.deepEqual(Object.keys(tokens).sort(), ["ES256", "ES384", "EdDSA", "PS256", "RS256"]);
});

for (const [algorithm, issued] of Object.entries(tokens)) {
  const algorithms = [algorithm];

  test(`jose accepts every token by ${algorithm}`, async () => {
    const seen = new Set();
    for (const [token, audience] of withAudience(issued)) {
      const { payload } = await verify(token, { algorithms, audience });
      assert.equal(payload.username, username);
      assert.equal(payload.town, "Łódź");
      seen.add(payload.jti);
    }
    assert.equal(seen.size, 100);
  });

  test(`jose refuses what was changed after ${algorithm} signed it`, async () => {
    for (const [token, audience] of withAudience(issued)) {
      const refusal = verify(promoted(token), { algorithms, audience });
      await assert.rejects(refusal, errors.JWSSignatureVerificationFailed);
    }
  });

  test(`jose refuses what is for somebody else by ${algorithm}`, async () => {
    const wrong = { name: "JWTClaimValidationFailed", claim: "aud" };
    await assert.rejects(verify(issued.own[0], { algorithms, audience: resource }), wrong);
    await assert.rejects(verify(issued.forResource[0], { algorithms, audience: issuer }), wrong);
  });

  test(`jose refuses another issuer's by ${algorithm}`, async () => {
    const other = { algorithms, audience: issuer, issuer: "https://other.example.org" };
    await assert.rejects(verify(issued.own[0], other), { claim: "iss" });
  });
}

test("jose refuses what is no access token", async () => {
  const [token] = tokens.ES256.own;
  await assert.rejects(verify(token, { audience: issuer, typ: "JWT" }), { claim: "typ" });
});

test("jose refuses what has expired", async () => {
  await assert.rejects(verify(expired, { audience: resource }), errors.JWTExpired);
});

test("jose finds no published key for HS256", async () => {
  const refusal = verify(shared.tokens.own[0], { audience: issuer });
  await assert.rejects(refusal, { message: 'Unsupported "alg" value for a JSON Web Key Set' });
});

test("jose knows EdDSA by the name in the token", async () => {
  const [token] = tokens.EdDSA.own;
  await verify(token, { audience: issuer, algorithms: ["Ed25519", "EdDSA"] });
  const newerName = verify(token, { audience: issuer, algorithms: ["Ed25519"] });
  await assert.rejects(newerName, errors.JOSEAlgNotAllowed);
});
