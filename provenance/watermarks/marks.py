"""Choosing a watermark for what is about to be encoded, and keeping what it was put into."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from dam.accounts.models import Brand
from dam.catalog.models import Version
from dam.media import invisible_watermark
from dam.media.invisible_watermark import Mark
from dam.media.watermark_code import ID_BITS
from provenance.watermarks import keys
from provenance.watermarks.models import Watermark


@dataclass(frozen=True)
class Chosen:
    """A mark, and which of the keys it goes by."""

    mark: Mark
    layer: int


def fresh(brand: Brand, *, width: int, height: int, made_from: Iterable[Version] = ()) -> Chosen | None:
    """One to put into pictures of that size, if the brand wants them and they can hold one.

    It goes by another key than those of the versions that they are made from, whose pictures, or files that
    were made of them, may have theirs: by the first that the fewest of them have.
    """
    wanted = Brand.objects.filter(pk=brand.pk, watermarks=True).exists()  # as it is set now
    if not wanted or not invisible_watermark.can_hold(width, height):
        return None
    there = Watermark.objects.filter(version__in=[each.pk for each in made_from])
    used = [layer for _version, layer in there.values_list("version", "layer").distinct()]
    layer = min(range(keys.LAYERS), key=used.count)
    return Chosen(Mark(keys.of(layer), secrets.randbits(ID_BITS)), layer)


def of_master(version: Version) -> Mark | None:
    """The one that its master has in its pictures, and with it everything that is made of them."""
    row = Watermark.objects.filter(version=version, preset_file_id=None, release_id=None).first()
    return Mark(keys.of(row.layer), row.identifier) if row else None


def is_in(version: Version, *, release_id: int | None = None) -> bool:
    """Whether its master has one in its pictures, or this release of it, where it was made anew."""
    rows = Watermark.objects.filter(version=version, preset_file_id=None)
    return rows.filter(Q(release_id=None) | Q(release_id=release_id)).exists()


def sources_of(version: Version) -> list[Version]:
    """What it was recorded to be made from, as far as that is still there."""
    return list(Version.objects.filter(used_in__version=version))


def keep(
    chosen: Chosen | None,
    version: Version,
    *,
    at: datetime,
    release_id: int | None = None,
    preset_file_id: UUID | None = None,
) -> None:
    """Say what it was put into, in the transaction that keeps that."""
    if chosen is None:
        return
    Watermark.objects.create(
        identifier=chosen.mark.identifier,
        layer=chosen.layer,
        brand_id=version.brand_id,
        version=version,
        release_id=release_id,
        preset_file_id=preset_file_id,
        made_at=at,
    )
