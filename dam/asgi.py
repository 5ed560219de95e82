"""The web process."""

import os

from django.core.asgi import get_asgi_application

from dam.web.body_limits import LimitBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")

application = LimitBodies(get_asgi_application())
