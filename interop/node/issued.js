// What the issuer has written down (../issuer/main.mjs), and what a forger would make of it.

import { readFileSync } from "node:fs";

const written = JSON.parse(readFileSync(process.env.CARNET_ISSUED, "utf8"));

/**
 * `tokens` has by algorithm a hundred tokens, half of them for the issuer and half for the resource. `shared` has the
 * same for HS256, whose key is never published. `expired` is for the resource, by ES256.
 */
export const { issuer, resource, username, tokens, shared, expired } = written;

/** Each token with the audience that it is for. */
export function withAudience({ own, forResource }) {
  return [
    ...own.map((token) => [token, issuer]),
    ...forResource.map((token) => [token, resource]),
  ];
}

/** The token with another role and the signature it had. */
export function promoted(token) {
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  claims.roles.push("admin");
  return [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
}
