"""The short address at which anybody sees how a release stands today, and its QR code.

The code in it is made of the hash of the released file: whoever has the file could make it, it is good for as
long as the file is, and nobody guesses it (80 bits). Several releases of the same bytes share it.
"""

import base64
import io
import re

import qrcode
from django.conf import settings
from django.urls import reverse
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

from provenance.releases.known import in_use_first
from provenance.releases.models import Release

BYTES = 10  # of the hash: sixteen letters and digits
CODE = re.compile(r"[a-z2-7]{16}")
QUIET = 4  # modules around it that stay white, as readers need them
PIXELS = 20  # of a module in the picture


def code_of(sha256: str) -> str:
    """The code of a released file by its hash, in hex.

    >>> code_of("00" * 32)
    'aaaaaaaaaaaaaaaa'
    """
    return base64.b32encode(bytes.fromhex(sha256)[:BYTES]).decode().lower()


def address_of(sha256: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('release-status', args=[code_of(sha256)])}"


def by_code(code: str) -> Release | None:
    """The release that it leads to; of several with the same bytes the first by in_use_first."""
    if not CODE.fullmatch(code):
        return None
    start = base64.b32decode(code.upper()).hex()
    found: Release | None = (
        # The first two are for the index.
        Release.objects.filter(sha256__gte=start, sha256__lt=f"{start}g", sha256__startswith=start)
        .filter(signed_at__isnull=False)
        .select_related("brand", "asset", "version__rights", "version__inherited")
        .order_by(*in_use_first())
        .first()
    )
    return found


def svg(text: str, *, title: str) -> str:
    """A QR code as a drawing without anything from elsewhere."""
    rows = _modules(text)
    side = len(rows)
    path = "".join(f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    words = title.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side * 8}" '
        f'height="{side * 8}" shape-rendering="crispEdges" role="img"><title>{words}</title>'
        f'<path fill="#fff" d="M0,0h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>'
    )


def png(text: str) -> bytes:
    """The same as a picture, large enough to be printed."""
    rows = _modules(text)
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if dark else 1 for row in rows for dark in row])
    out = io.BytesIO()
    picture.resize((len(rows) * PIXELS,) * 2, Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def _modules(text: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]
