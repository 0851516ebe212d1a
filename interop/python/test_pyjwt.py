"""PyJWT, with the keys from PyJWKClient."""

import unittest

import jwt

from issued import (
    CLAIMS,
    EXPIRED,
    ISSUER,
    JWKS_URL,
    RESOURCE,
    SECRET,
    SHARED,
    TOKENS,
    USERNAME,
    each_algorithm,
    promoted,
    with_audience,
)


class PyJwt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.keys = jwt.PyJWKClient(JWKS_URL)

    def verify(self, token, algorithm, audience, issuer=ISSUER):
        key = self.keys.get_signing_key_from_jwt(token)
        return decode(token, key, algorithm, audience, issuer)

    @each_algorithm
    def test_accepts_every_token(self, algorithm):
        seen = set()
        for token, audience in with_audience(TOKENS[algorithm]):
            accepted = self.verify(token, algorithm, audience)
            self.assertEqual(accepted["header"]["typ"], "at+jwt")
            self.assertEqual(accepted["payload"]["username"], USERNAME)
            self.assertEqual(accepted["payload"]["town"], "Łódź")
            seen.add(accepted["payload"]["jti"])
        self.assertEqual(len(seen), 100)

    @each_algorithm
    def test_refuses_what_was_changed(self, algorithm):
        for token, audience in with_audience(TOKENS[algorithm]):
            with self.assertRaises(jwt.InvalidSignatureError):
                self.verify(promoted(token), algorithm, audience)

    @each_algorithm
    def test_refuses_what_is_for_somebody_else(self, algorithm):
        tokens = TOKENS[algorithm]
        with self.assertRaises(jwt.InvalidAudienceError):
            self.verify(tokens["own"][0], algorithm, RESOURCE)
        with self.assertRaises(jwt.InvalidAudienceError):
            self.verify(tokens["forResource"][0], algorithm, ISSUER)

    @each_algorithm
    def test_refuses_another_issuers(self, algorithm):
        with self.assertRaises(jwt.InvalidIssuerError):
            token = TOKENS[algorithm]["own"][0]
            self.verify(token, algorithm, ISSUER, "https://other.example.org")

    def test_refuses_what_has_expired(self):
        with self.assertRaises(jwt.ExpiredSignatureError):
            self.verify(EXPIRED, "ES256", RESOURCE)

    def test_accepts_hs256_with_the_shared_secret_alone(self):
        for token, audience in with_audience(SHARED):
            decode(token, SECRET, "HS256", audience, ISSUER)

    def test_finds_no_published_key_for_hs256(self):
        with self.assertRaises(jwt.PyJWKClientError):
            self.verify(SHARED["own"][0], "HS256", ISSUER)

    def test_knows_eddsa_by_that_name_only(self):
        token = TOKENS["EdDSA"]["own"][0]
        self.verify(token, "EdDSA", ISSUER)
        with self.assertRaises(jwt.InvalidAlgorithmError):
            self.verify(token, "Ed25519", ISSUER)


def decode(token, key, algorithm, audience, issuer):
    return jwt.decode_complete(
        token,
        key,
        algorithms=[algorithm],
        audience=audience,
        issuer=issuer,
        options={"require": CLAIMS},
    )
