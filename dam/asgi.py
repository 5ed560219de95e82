"""The web process."""

import os

from django.core.asgi import get_asgi_application

from dam.web.body_limits import LimitBodies
from dam.web.broken_pieces import KeepBrokenPieces
from dam.web.charsets import OnlyUtf8

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")

application = OnlyUtf8(LimitBodies(KeepBrokenPieces(get_asgi_application())))
