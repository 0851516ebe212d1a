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

from issued import EXPIRED, ISSUER, RESOURCE, SHARED, TOKENS, promoted

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

    def assert_refused(self, service, token, why):
        status, body = service.get_orders(token)
        self.assertEqual(status, 401, body)
        self.assertEqual(body["code"], "token_not_valid")
        self.assertEqual([message["message"] for message in body["messages"]], [why])

    def test_accepts_every_token_for_the_service(self):
        for algorithm, service in self.services.items():
            for token in TOKENS[algorithm]["forResource"]:
                with self.subTest(algorithm):
                    status, body = service.get_orders(token)
                    self.assertEqual(status, 200, body)
                    self.assertEqual(body, {"of": subject(token), "roles": ["user", "editor"]})

    def test_refuses_what_was_changed(self):
        for algorithm, service in self.services.items():
            for token in TOKENS[algorithm]["forResource"]:
                with self.subTest(algorithm):
                    self.assert_refused(service, promoted(token), "Token is invalid")

    def test_refuses_what_is_for_somebody_else(self):
        for algorithm, service in self.services.items():
            with self.subTest(algorithm):
                self.assert_refused(service, TOKENS[algorithm]["own"][0], "Token is invalid")

    def test_refuses_every_algorithm_but_its_own(self):
        for algorithm, service in self.services.items():
            for other in [name for name in TOKENS if name != algorithm]:
                with self.subTest(algorithm, other=other):
                    self.assert_refused(service, TOKENS[other]["forResource"][0], "Token is invalid")
            with self.subTest(algorithm, other="HS256"):
                self.assert_refused(service, SHARED["forResource"][0], "Token is invalid")

    def test_refuses_what_has_expired(self):
        self.assert_refused(self.services["ES256"], EXPIRED, "Token is expired")

    def test_refuses_who_brings_nothing(self):
        for algorithm, service in self.services.items():
            with self.subTest(algorithm):
                self.assertEqual(service.get_orders()[0], 401)


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
