"""The brand's logo in its mails: it travels with them, for no mail program signs in to fetch it."""

import io
import logging
from email.message import EmailMessage as Parsed
from email.mime.image import MIMEImage
from functools import lru_cache

from django.core.mail import EmailMultiAlternatives
from PIL import Image

from dam.accounts.models import Brand, BrandLogo, Theme
from dam.core import storage

log = logging.getLogger(__name__)
CONTENT_ID = "brand-logo"
WIDTH, HEIGHT = 320, 64  # in pixels; shown at half that


def of(brand: Brand | None) -> bytes | None:
    """A PNG; None without a logo, and while storage doesn't give it: the mail goes out all the same."""
    if brand is None or Theme.LIGHT not in brand.logos:
        return None
    logo = BrandLogo.objects.filter(brand=brand, theme=Theme.LIGHT).first()
    try:
        return _small(logo.storage_key) if logo else None
    except OSError as problem:
        log.warning("A mail goes out without the logo of brand %s: %s", brand.pk, problem)
        return None


def attach(message: EmailMultiAlternatives, png: bytes) -> None:
    message.mixed_subtype = "related"  # type: ignore[attr-defined]
    image = MIMEImage(png, "png")
    image.add_header("Content-ID", f"<{CONTENT_ID}>")
    image.add_header("Content-Disposition", "inline", filename="logo.png")
    message.attach(image)


def within(kept: Parsed) -> bytes | None:
    """The logo in a mail that was written earlier."""
    for part in kept.walk():
        if part["Content-ID"] == f"<{CONTENT_ID}>":
            data: bytes = part.get_content()
            return data
    return None


@lru_cache(maxsize=16)
def _small(key: str) -> bytes:
    """A key names its content, so what was made of it once stays right. The file is one that we drew."""
    with storage.open_file(key) as file:
        picture = Image.open(io.BytesIO(file.read()), formats=("PNG",))
        picture.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()
