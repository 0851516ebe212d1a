"""joserfc, with a KeySet of the published keys."""

import unittest
import warnings

from joserfc import jwt
from joserfc.errors import (
    BadSignatureError,
    ExpiredTokenError,
    InvalidClaimError,
    InvalidKeyIdError,
    SecurityWarning,
    UnsupportedAlgorithmError,
)
from joserfc.jwk import KeySet, OctKey

from issued import (
    CLAIMS,
    EXPIRED,
    ISSUER,
    RESOURCE,
    SECRET,
    SHARED,
    TOKENS,
    USERNAME,
    each_algorithm,
    jwks,
    promoted,
    with_audience,
)


class JoseRfc(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # It warns of the name EdDSA wherever it is used (RFC 9864).
        warnings.simplefilter("ignore", SecurityWarning)
        cls.keys = KeySet.import_key_set(jwks())

    def verify(self, token, algorithm, audience, issuer=ISSUER):
        return decode(token, self.keys, [algorithm], audience, issuer)

    @each_algorithm
    def test_accepts_every_token(self, algorithm):
        seen = set()
        for token, audience in with_audience(TOKENS[algorithm]):
            accepted = self.verify(token, algorithm, audience)
            self.assertEqual(accepted.header["typ"], "at+jwt")
            self.assertEqual(accepted.claims["username"], USERNAME)
            self.assertEqual(accepted.claims["town"], "Łódź")
            seen.add(accepted.claims["jti"])
        self.assertEqual(len(seen), 100)

    @each_algorithm
    def test_refuses_what_was_changed(self, algorithm):
        for token, audience in with_audience(TOKENS[algorithm]):
            with self.assertRaises(BadSignatureError):
                self.verify(promoted(token), algorithm, audience)

    @each_algorithm
    def test_refuses_what_is_for_somebody_else(self, algorithm):
        tokens = TOKENS[algorithm]
        with self.assertRaisesRegex(InvalidClaimError, "aud"):
            self.verify(tokens["own"][0], algorithm, RESOURCE)
        with self.assertRaisesRegex(InvalidClaimError, "aud"):
            self.verify(tokens["forResource"][0], algorithm, ISSUER)

    @each_algorithm
    def test_refuses_another_issuers(self, algorithm):
        with self.assertRaisesRegex(InvalidClaimError, "iss"):
            token = TOKENS[algorithm]["own"][0]
            self.verify(token, algorithm, ISSUER, "https://other.example.org")

    def test_refuses_what_has_expired(self):
        with self.assertRaises(ExpiredTokenError):
            self.verify(EXPIRED, "ES256", RESOURCE)

    def test_accepts_hs256_with_the_shared_secret_alone(self):
        key = OctKey.import_key(SECRET)
        for token, audience in with_audience(SHARED):
            decode(token, key, ["HS256"], audience, ISSUER)

    def test_finds_no_published_key_for_hs256(self):
        with self.assertRaises(InvalidKeyIdError):
            self.verify(SHARED["own"][0], "HS256", ISSUER)

    def test_knows_eddsa_by_the_name_in_the_token(self):
        token = TOKENS["EdDSA"]["own"][0]
        decode(token, self.keys, ["Ed25519", "EdDSA"], ISSUER, ISSUER)
        with self.assertRaises(UnsupportedAlgorithmError):
            self.verify(token, "Ed25519", ISSUER)

    def test_every_key_id_is_the_keys_thumbprint(self):
        for key in self.keys:
            self.assertEqual(key.thumbprint(), key.kid)

    def test_nothing_private_is_published(self):
        for key in self.keys:
            self.assertFalse(key.is_private, key.kid)
            self.assertNotEqual(key.key_type, "oct", key.kid)


def decode(token, key, algorithms, audience, issuer):
    accepted = jwt.decode(token, key, algorithms)
    wanted = {name: {"essential": True} for name in CLAIMS}
    wanted["iss"]["value"] = issuer
    wanted["aud"]["value"] = audience
    jwt.JWTClaimsRegistry(**wanted).validate(accepted.claims)
    return accepted
