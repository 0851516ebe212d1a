"""djangorestframework-simplejwt as a service that signs people in: all of it, in one file.

BENCH_DATABASE is "sqlite:<file>" or "postgres:<host>:<port>"; BENCH_SYNCHRONOUS is SQLite's setting.
What a service does not need for this is left out (sessions, CSRF, the admin), so it is as quick as it can be.
"""

import os
import sys

import django
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application

PASSWORD = "the kettle is on again"


class AtCarnetsCost(Argon2PasswordHasher):
    """Carnet's defaults; Django's own cost about ten times as much."""

    memory_cost = 19456
    time_cost = 2
    parallelism = 1


def database():
    engine, _, rest = os.environ["BENCH_DATABASE"].partition(":")
    # A worker keeps its connection from one request to the next.
    kept = {"CONN_MAX_AGE": None}
    if engine == "sqlite":
        synchronous = os.environ["BENCH_SYNCHRONOUS"]
        options = {
            "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};",
            # Otherwise a transaction that reads first fails where another one writes meanwhile.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        }
        return kept | {"ENGINE": "django.db.backends.sqlite3", "NAME": rest, "OPTIONS": options}
    host, _, port = rest.partition(":")
    return kept | {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "django",
        "USER": "postgres",
        "HOST": host,
        "PORT": port,
    }


settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="nobody is to be kept out of a benchmark's accounts",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "rest_framework",
        "rest_framework_simplejwt",
        "rest_framework_simplejwt.token_blacklist",
    ],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={"default": database()},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    PASSWORD_HASHERS=[f"{__name__}.AtCarnetsCost"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SIMPLE_JWT={"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True},
)

django.setup()

# These read the settings while they are loaded.
from django.contrib.auth.hashers import make_password  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view, authentication_classes  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework_simplejwt.authentication import JWTStatelessUserAuthentication  # noqa: E402
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView  # noqa: E402


@api_view()
@authentication_classes([JWTStatelessUserAuthentication])
def session(request):
    """What the token says."""
    claims = request.auth
    return Response({"session": claims["jti"], "user": {"id": request.user.id}, "expires_at": claims["exp"]})


@api_view()
def me(request):
    """The user, from the database."""
    user = request.user
    return Response({"id": user.id, "email": user.email, "username": user.username, "name": user.get_full_name()})


urlpatterns = [
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
    path("session", session),
    path("me", me),
]

application = get_wsgi_application()


def prepare(count):
    """Tables, and so many accounts with one password."""
    execute_from_command_line([sys.argv[0], "migrate", "--verbosity", "0"])
    password = make_password(PASSWORD)
    names = [f"bench{number}" for number in range(count)]
    User.objects.bulk_create(
        [User(username=name, email=f"{name}@example.org", password=password) for name in names]
    )


if __name__ == "__main__":
    prepare(int(sys.argv[1]))
