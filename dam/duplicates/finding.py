"""Which clips look like a new one: a worker asks after it came in.

By an index over tokens that the brand has a part in, so one look reads a few rows however many clips there
are; what shares tokens is then compared frame by frame.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q

from dam.catalog.models import AssetKind, Rendition, RenditionKind, Version
from dam.core import events, storage
from dam.duplicates.models import NearPair, VersionPrint
from dam.media import fingerprints
from dam.media.fingerprints import Fingerprint

MADE = 1  # counts on when fingerprints are made in another way: those of two ways aren't compared
LOOKED_AT = 200  # that share the most tokens; a film's hundred cuts with one end card are all among them
LEAST_TOKENS = 2  # of hundreds: one alone is shared by chance

_ALIKE = """
    SELECT version_id FROM dam_versionprint, unnest(tokens) AS token
    WHERE tokens && %(asked)s::integer[] AND token = ANY(%(asked)s::integer[]) AND version_id <> %(version)s
    GROUP BY version_id HAVING count(*) >= %(least)s ORDER BY count(*) DESC, version_id LIMIT %(most)s
"""


class NothingToCompare(Exception):
    """The version has no picture yet, or its pictures are blank."""


def look(version: Version) -> int:
    """Keep the version's fingerprint and every pair that it belongs to; how many there are.

    Harmless twice. Raises NothingToCompare.
    """
    made = _fingerprint(version)
    if made is None:
        VersionPrint.objects.filter(version=version).delete()
        raise NothingToCompare
    scope = f"{version.brand_id}:{version.kind}:{MADE}"
    with transaction.atomic():
        Version.objects.select_for_update(no_key=True).get(pk=version.pk)
        VersionPrint.objects.update_or_create(
            version=version,
            defaults={
                "made": MADE,
                "length_ms": made.length_ms,
                "content": made.to_bytes(),
                "tokens": made.tokens(scope),
            },
        )
    # Committed before it looks: of two that come at once, the later one to look sees the other.
    found = _near(version, made, scope)
    _keep(version, found)
    return len(found)


def _fingerprint(version: Version) -> Fingerprint | None:
    renditions = version.rendition_by_kind
    if version.kind == AssetKind.STILL:
        poster = renditions.get(RenditionKind.POSTER)
        if poster is None:
            raise NothingToCompare
        return fingerprints.of([(0, fingerprints.of_poster(_read(poster)))], length_ms=0)
    sprite = renditions.get(RenditionKind.SPRITE)
    if sprite is None or not sprite.details.get("frames") or not version.frame_count:
        raise NothingToCompare
    length = version.duration_ms or 0
    pictures = fingerprints.of_sprite(_read(sprite), sprite.details)
    times = [frame * length // version.frame_count for frame in sprite.details["frames"]]
    return fingerprints.of(list(zip(times, pictures, strict=True)), length_ms=length)


def _read(rendition: Rendition) -> bytes:
    try:
        with storage.open_file(rendition.storage_key, start=0, stop=rendition.size) as file:
            return file.read()
    except FileNotFoundError:
        raise NothingToCompare from None


def _near(version: Version, made: Fingerprint, scope: str) -> dict[UUID, float]:
    words: dict[str, Any] = {"asked": made.asked(scope), "version": version.pk}
    words |= {"least": LEAST_TOKENS, "most": LOOKED_AT}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, words)
        alike = [row[0] for row in cursor.fetchall()]
    found = {}
    for each in VersionPrint.objects.filter(version__in=alike, made=MADE).iterator():
        other = Fingerprint.from_bytes(bytes(each.content), length_ms=each.length_ms)
        share = fingerprints.likeness(made, other)
        if fingerprints.is_near(share):
            found[each.version_id] = share
    return found


def _keep(version: Version, found: dict[UUID, float]) -> None:
    """The versions of one clip are no duplicates of one another, and equal bytes are found by their hash."""
    others = Version.objects.filter(pk__in=found, brand=version.brand_id).exclude(asset=version.asset_id)
    # Of several that have the same bytes the pair is about the last: one that people are shown.
    shown_last = (
        ExpressionWrapper(Q(latest_of__isnull=False), output_field=BooleanField()).asc(),
        F("asset__trashed_at").asc(nulls_last=True),
        "pk",
    )
    pairs = [
        _pair(version, other, share=found[other.pk])
        for other in others.exclude(sha256=version.sha256).order_by(*shown_last)
    ]
    if pairs:
        # Where the pair was found before, its versions are now these: the earlier ones may be gone.
        NearPair.objects.bulk_create(
            _each_once(pairs),
            update_conflicts=True,
            unique_fields=["brand", "one_sha256", "two_sha256"],
            update_fields=["one", "two", "share"],
        )
        events.publish(brand_id=version.brand_id, name="duplicates")


def _pair(version: Version, other: Version, *, share: float) -> NearPair:
    one, two = sorted((version, other), key=lambda each: each.sha256)
    return NearPair(
        brand_id=version.brand_id,
        one_sha256=one.sha256,
        two_sha256=two.sha256,
        one=one,
        two=two,
        share=share,
    )


def _each_once(pairs: Iterable[NearPair]) -> list[NearPair]:
    return list({(pair.one_sha256, pair.two_sha256): pair for pair in pairs}.values())
