"""What the issuer has written down (../issuer/main.mjs), and what a forger would make of it."""

import base64
import json
import os
import urllib.request

with open(os.environ["CARNET_ISSUED"], encoding="utf-8") as file:
    _issued = json.load(file)

ISSUER = _issued["issuer"]
RESOURCE = _issued["resource"]
USERNAME = _issued["username"]
JWKS_URL = f"{ISSUER}/.well-known/jwks.json"

#: By algorithm: a hundred tokens, half of them for the issuer and half for the resource.
TOKENS = _issued["tokens"]
#: The same for HS256, whose key is never published, and that key.
SHARED = _issued["shared"]["tokens"]
SECRET = base64.urlsafe_b64decode(_issued["shared"]["secret"] + "=")
#: For the resource, by ES256.
EXPIRED = _issued["expired"]

#: What every access token has (RFC 9068).
CLAIMS = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"]


class each_algorithm:
    """Makes a test for each published algorithm out of a check that takes its name."""

    def __init__(self, check):
        self.check = check

    def __set_name__(self, case, name):
        for algorithm in TOKENS:
            setattr(case, f"{name}_{algorithm}", self.test(algorithm))

    def test(self, algorithm):
        return lambda case: self.check(case, algorithm)


def with_audience(tokens):
    """Each token with the audience that it is for."""
    yield from ((token, ISSUER) for token in tokens["own"])
    yield from ((token, RESOURCE) for token in tokens["forResource"])


def promoted(token):
    """The token with another role and the signature it had."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    claims["roles"].append("admin")
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{payload}.{signature}"


def jwks():
    """The published keys."""
    with urllib.request.urlopen(JWKS_URL) as answer:
        return json.load(answer)
