"""A Django REST service that trusts Carnet: all of it, in one file.

CARNET_ISSUER, CARNET_AUDIENCE and CARNET_ALGORITHM say whose tokens it takes.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import execute_from_command_line

ISSUER = os.environ["CARNET_ISSUER"]

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    # Nothing is signed with it; Django will not start without one.
    SECRET_KEY="unused",
    # simplejwt loads Django's own users, though it uses none of them here.
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework_simplejwt.authentication.JWTStatelessUserAuthentication",
        ],
        "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
        # There is no database, and so nobody whom Django itself knows.
        "UNAUTHENTICATED_USER": None,
    },
    SIMPLE_JWT={
        "ALGORITHM": os.environ["CARNET_ALGORITHM"],
        "JWK_URL": f"{ISSUER}/.well-known/jwks.json",
        "ISSUER": ISSUER,
        "AUDIENCE": os.environ["CARNET_AUDIENCE"],
        "USER_ID_CLAIM": "sub",
        "TOKEN_TYPE_CLAIM": None,
    },
)

django.setup()

# These read the settings while they are loaded.
from django.urls import path  # noqa: E402
from rest_framework.decorators import api_view  # noqa: E402
from rest_framework.response import Response  # noqa: E402


@api_view()
def orders(request):
    return Response({"of": request.user.id, "roles": request.auth["roles"]})


urlpatterns = [path("orders", orders)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
