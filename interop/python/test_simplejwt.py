"""djangorestframework-simplejwt, in a Django REST service that runs beside the tests."""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import jwt

from issued import EXPIRED, ISSUER, RESOURCE, SHARED, TOKENS, each_algorithm, promoted

#: For a machine that is busy with other things.
PATIENCE_SECONDS = 30


class SimpleJwt(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """One service for each algorithm: simplejwt accepts a single one."""
        running = contextlib.ExitStack()
        cls.addClassCleanup(running.close)
        services = {name: running.enter_context(Service(name)) for name in TOKENS}
        for service in services.values():
            service.wait()
        cls.services = services

    def assert_refused(self, algorithm, token, why):
        status, body = self.services[algorithm].get_orders(token)
        self.assertEqual(status, 401, body)
        self.assertEqual(body["code"], "token_not_valid")
        self.assertEqual([message["message"] for message in body["messages"]], [why])

    @each_algorithm
    def test_accepts_every_token_for_the_service(self, algorithm):
        for token in TOKENS[algorithm]["forResource"]:
            status, body = self.services[algorithm].get_orders(token)
            self.assertEqual(status, 200, body)
            self.assertEqual(body, {"of": subject(token), "roles": ["user", "editor"]})

    @each_algorithm
    def test_refuses_what_was_changed(self, algorithm):
        for token in TOKENS[algorithm]["forResource"]:
            self.assert_refused(algorithm, promoted(token), "Token is invalid")

    @each_algorithm
    def test_refuses_what_is_for_somebody_else(self, algorithm):
        self.assert_refused(algorithm, TOKENS[algorithm]["own"][0], "Token is invalid")

    @each_algorithm
    def test_refuses_what_another_algorithm_signed(self, algorithm):
        others = [tokens for name, tokens in TOKENS.items() if name != algorithm]
        for tokens in [*others, SHARED]:
            self.assert_refused(algorithm, tokens["forResource"][0], "Token is invalid")

    @each_algorithm
    def test_refuses_who_brings_nothing(self, algorithm):
        self.assertEqual(self.services[algorithm].get_orders()[0], 401)

    def test_refuses_what_has_expired(self):
        self.assert_refused("ES256", EXPIRED, "Token is expired")


class Service:
    """`resource_server.py`, for tokens of one algorithm."""

    def __init__(self, algorithm):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        # A pipe would fill up with the requests that it logs.
        self.log = tempfile.TemporaryFile("w+")
        program = pathlib.Path(__file__).with_name("resource_server.py")
        self.process = subprocess.Popen(
            # Without --noreload it would start itself a second time to watch its files.
            [sys.executable, program, "runserver", "--noreload", f"127.0.0.1:{self.port}"],
            env={
                **os.environ,
                "CARNET_ISSUER": ISSUER,
                "CARNET_AUDIENCE": RESOURCE,
                "CARNET_ALGORITHM": algorithm,
            },
            stdout=subprocess.DEVNULL,
            stderr=self.log,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def wait(self):
        """Waits until it listens."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            time.sleep(0.05)
        self.log.seek(0)
        raise RuntimeError(f"the service does not start:\n{self.log.read()}")

    def get_orders(self, token=None):
        """The status and the body of what it answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with contextlib.closing(connection):
            connection.request("GET", "/orders", headers=headers)
            answer = connection.getresponse()
            return answer.status, json.load(answer)


def subject(token):
    """Whom the token is about, unverified."""
    return jwt.decode(token, options={"verify_signature": False})["sub"]
