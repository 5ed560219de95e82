"""The web process."""

import os
import tempfile

from django.conf import settings
from django.core.asgi import get_asgi_application

from dam.core import garbage, telemetry
from dam.web.asgi_middleware import App
from dam.web.body_limits import LimitBodies
from dam.web.broken_pieces import KeepBrokenPieces
from dam.web.charsets import OnlyUtf8
from dam.web.long_pieces import SplitLongBodies
from dam.web.pace import KeepPace
from dam.web.taking_turns import TakeTurns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dam.settings")


def _application() -> App:
    telemetry.start()
    django = get_asgi_application()
    from dam.web import middle_pieces  # they ask models, which are there only now
    from dam.web.admission import AdmitBodies

    # What arrives is written where room is watched and what is left behind is cleaned up.
    settings.SCRATCH_DIR.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(settings.SCRATCH_DIR)
    piecewise = LimitBodies(AdmitBodies(KeepBrokenPieces(TakeTurns(django))))
    return OnlyUtf8(KeepPace(SplitLongBodies(piecewise, middle_pieces.store)))


def _warm() -> None:
    from dam.web import warming  # it asks settings and models, as above

    warming.warm()


application = _application()
_warm()
garbage.settle()
