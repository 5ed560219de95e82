"""The picture that stands for a brand: decoded in the sandbox, drawn anew as PNG, and only that is kept.

Nothing of the file that was sent is stored or served: no metadata, no other format, nothing that runs.
"""

from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image

from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, BrandLogo, Theme
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.core import errors, locks, storage
from dam.core.storage import Stored
from dam.media import runner, sniffer
from dam.media.errors import FileRefused, MediaFailed

MOST_BYTES = 2 * 1024 * 1024
MOST_SIDE = 4096  # of what is sent
LEAST_SIDE = 24  # of what is kept
READABLE = (sniffer.JPEG, sniffer.PNG, sniffer.WEBP)
# What is kept: enough for a page that is shown at three times its size.
WIDTH, HEIGHT = 640, 160
CONTENT_TYPE = "image/png"


class LogoRefused(errors.Refused):
    """The file can't stand for a brand."""

    code = "logo_refused"


def change(brand: Brand, data: bytes, *, theme: Theme, by: Principal) -> BrandLogo:
    """Make the picture the brand's logo on such pages. Raises LogoRefused, PermissionDenied."""
    by.require(Capability.MANAGE_BRAND, brand=brand)
    _require_picture(data)
    with storage.scratch() as folder:
        path, drawn = Path(folder) / "sent", Path(folder) / "logo.png"
        path.write_bytes(data)
        picture = _decoded(path)
        picture.save(drawn, "PNG", optimize=True)
        digest = storage.sha256_of(drawn)
        with trail.recording():
            before = _locked(brand, theme)  # the row before any file: letting one go takes its lock, too
            locks.hold(storage.key_for(brand_id=brand.pk, sha256=digest, suffix=""))
            if theme is Theme.DARK and of(brand, Theme.LIGHT) is None:
                raise LogoRefused(_("Upload the logo for light pages first."))
            stored = storage.put(drawn, brand_id=brand.pk, suffix=".png", sha256=digest)
            kept, _made = BrandLogo.objects.update_or_create(
                brand=brand,
                theme=theme,
                defaults={
                    "storage_key": stored.key,
                    "sha256": stored.sha256,
                    "size": stored.size,
                    "width": picture.width,
                    "height": picture.height,
                },
            )
            _follow(brand, theme, before=before, after=kept, by=by)
    return kept


def remove(brand: Brand, *, theme: Theme, by: Principal) -> bool:
    """Without the light one there is none at all: the dark one goes with it. False where there was none."""
    by.require(Capability.MANAGE_BRAND, brand=brand)
    with trail.recording():
        going = [theme, Theme.DARK] if theme is Theme.LIGHT else [theme]
        rows = [row for each in dict.fromkeys(going) if (row := _locked(brand, each))]
        for row in rows:
            row.delete()
            _follow(brand, Theme(row.theme), before=row, after=None, by=by)
    return bool(rows)


def of(brand: Brand, theme: str) -> BrandLogo | None:
    return BrandLogo.objects.filter(brand=brand, theme=theme).first()


def _require_picture(data: bytes) -> None:
    if not data:
        raise LogoRefused(_("The file is empty. Choose another picture."))
    if len(data) > MOST_BYTES:
        raise LogoRefused(
            _("The picture is larger than %(most)s MB. Choose a smaller one.")
            % {"most": MOST_BYTES // 1024**2}
        )
    if sniffer.recognise(data[: sniffer.HEAD_BYTES]) not in READABLE:
        raise LogoRefused(_("This file can't be a logo. Save it as PNG, JPEG or WebP and try again."))


def _decoded(path: Path) -> Image.Image:
    unreadable = _("This picture can't be read. Save it as PNG, JPEG or WebP and try again.")
    try:
        picture = Image.fromarray(runner.mark(path, most_side=MOST_SIDE, box=(WIDTH, HEIGHT)))
    except FileRefused as refused:
        too_wide = _("The picture has more than %(most)s pixels a side. Choose a smaller one.")
        raise LogoRefused(
            too_wide % {"most": MOST_SIDE} if refused.code == "too_wide" else unreadable
        ) from refused
    except MediaFailed as refused:
        raise LogoRefused(unreadable) from refused
    if picture.getchannel("A").getbbox() is None:
        raise LogoRefused(_("Everything in this picture is transparent. Choose another one."))
    if min(picture.size) < LEAST_SIDE:
        raise LogoRefused(
            _("The picture is too small or too narrow: it needs at least %(least)s pixels a side.")
            % {"least": LEAST_SIDE}
        )
    return picture


def _locked(brand: Brand, theme: Theme) -> BrandLogo | None:
    Brand.objects.select_for_update(no_key=True).get(pk=brand.pk)
    return of(brand, theme)


def _follow(
    brand: Brand, theme: Theme, *, before: BrandLogo | None, after: BrandLogo | None, by: Principal
) -> None:
    """Have the brand's own row name what there is now, tell of it, and let the file before go."""
    rows = BrandLogo.objects.filter(brand=brand)
    brand.logos = dict(rows.values_list("theme", "sha256"))
    Brand.objects.filter(pk=brand.pk).update(logos=brand.logos)
    field = "logo" if theme is Theme.LIGHT else "logo_dark"
    data = {field: [_told(before), _told(after)]}
    trail.record(Verb.BRAND_LOGO_CHANGED, brand=brand, target=brand.name, actor=by, data=data)
    if before is not None and (after is None or before.storage_key != after.storage_key):
        stored_files.drop(Stored(before.storage_key, before.sha256, before.size), brand_id=brand.pk)


def _told(logo: BrandLogo | None) -> str:
    return f"{logo.width} × {logo.height} · {logo.sha256[:8]}" if logo else ""
