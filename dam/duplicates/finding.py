"""Which clips look like a new one: a worker asks after it came in.

By an index over tokens that the brand has a part in, so one look reads a bounded number of rows however
many clips there are; what shares tokens is then compared frame by frame.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F

from dam.catalog import assets
from dam.catalog.models import Asset, AssetKind, Rendition, RenditionKind, Version
from dam.core import storage
from dam.duplicates.models import CommonToken, NearPair, VersionPrint
from dam.media import fingerprints
from dam.media.fingerprints import Fingerprint

METHOD = 1  # counts on when fingerprints are made in another way: those of two ways aren't compared
LOOKED_AT = 200  # that share the most tokens: each is compared frame by frame
LEAST_TOKENS = 2  # of hundreds: one alone is shared by chance
COMMON = 500  # clips that have a token (an end card's, say): with more it isn't asked any longer

# At most COMMON + 1 rows for each token, and none for those known to be common: the index's list of clips for
# a token is read whole, and for one that is asked at all it is hardly longer than COMMON.
_ALIKE = """
    WITH hit AS MATERIALIZED (
        SELECT asked.token, holder.version_id FROM unnest(%(asked)s::integer[]) AS asked (token)
        CROSS JOIN LATERAL (
            SELECT version_id FROM dam_versionprint WHERE tokens @> ARRAY[asked.token] LIMIT %(common)s + 1
        ) AS holder
        WHERE NOT EXISTS (SELECT FROM dam_commontoken AS known WHERE known.token = asked.token)
    ),
    common AS (SELECT token FROM hit GROUP BY token HAVING count(*) > %(common)s),
    noted AS (
        INSERT INTO dam_commontoken (token, brand_id) SELECT token, %(brand)s FROM common ORDER BY token
        ON CONFLICT DO NOTHING
    ),
    alike AS (
        SELECT version_id, count(*) AS shared FROM hit WHERE token NOT IN (SELECT token FROM common)
        GROUP BY version_id HAVING count(*) >= %(least)s
    )
    SELECT version_id FROM alike JOIN dam_asset ON latest_id = version_id WHERE dam_asset.id <> %(asset)s
    ORDER BY trashed_at IS NULL DESC, shared DESC, version_id LIMIT %(most)s + 1
"""


@dataclass(frozen=True)
class Looked:
    """How many pairs a version belongs to, but for clips in the trash, and what was not looked at.

    `more_alike`: only the LOOKED_AT clips that have the most in common were compared. `passed_over`: some of
    its pictures are those of more than COMMON clips, which were not looked for by them.
    """

    pairs: int = 0
    more_alike: bool = False
    passed_over: bool = False


class NothingToCompare(Exception):
    """The version has no picture yet, or its pictures are blank."""


def look(version: Version) -> Looked:
    """Keep the version's fingerprint and every pair that it belongs to.

    Harmless twice. Raises NothingToCompare.
    """
    made = _fingerprint(version)
    if made is None:
        VersionPrint.objects.filter(version=version).delete()
        raise NothingToCompare
    scope = f"{version.brand_id}:{version.kind}:{METHOD}"
    with transaction.atomic():
        Version.objects.select_for_update(no_key=True).get(pk=version.pk)
        VersionPrint.objects.update_or_create(
            version=version,
            defaults={
                "method": METHOD,
                "length_ms": made.length_ms,
                "content": made.to_bytes(),
                "tokens": made.tokens(scope),
            },
        )
    # Committed before it looks: of two that come at once, the later one to look sees the other.
    asked = made.asked(scope)
    alike = _alike(version, asked)
    found = _near(made, alike[:LOOKED_AT])
    return Looked(
        pairs=_keep(version, found),
        more_alike=len(alike) > LOOKED_AT,
        passed_over=CommonToken.objects.filter(token__in=asked).exists(),
    )


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


def _alike(version: Version, asked: Sequence[int]) -> list[UUID]:
    """The latest versions of other clips that share tokens, the most first; LOOKED_AT and one at most."""
    words: dict[str, Any] = {"asked": asked, "asset": version.asset_id, "brand": version.brand_id}
    words |= {"least": LEAST_TOKENS, "most": LOOKED_AT, "common": COMMON}
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, words)
        return [row[0] for row in cursor.fetchall()]


def _near(made: Fingerprint, alike: Sequence[UUID]) -> dict[UUID, float]:
    found = {}
    for each in VersionPrint.objects.filter(version__in=alike, method=METHOD).iterator():
        other = Fingerprint.from_bytes(bytes(each.content), length_ms=each.length_ms)
        share = fingerprints.likeness(made, other)
        if fingerprints.is_near(share):
            found[each.version_id] = share
    return found


def _keep(version: Version, found: dict[UUID, float]) -> int:
    """Equal bytes are found by their hash and are no pair. How many there are of clips out of the trash."""
    with transaction.atomic():
        # One goes to the trash or gets a newer version before this or after it, so that the database knows
        # whether the pair is live; and of two that find the same pairs the second waits.
        assets.lock(list(Asset.objects.filter(brand=version.brand_id, latest__in=[version.pk, *found])))
        if not Asset.objects.filter(latest=version.pk).exists():
            return 0
        others = Version.objects.filter(pk__in=found, brand=version.brand_id, latest_of__isnull=False)
        others = others.exclude(asset=version.asset_id).exclude(sha256=version.sha256)
        # Of several that have the same bytes the pair is about the last: one that people are shown.
        shown_last = (F("asset__trashed_at").asc(nulls_last=True), "pk")
        kept = _each_once(
            _pair(version, other, share=found[other.pk]) for other in others.order_by(*shown_last)
        )
        if not kept:
            return 0
        # Where the pair was found before, its versions are now these: the earlier ones may be gone.
        NearPair.objects.bulk_create(
            kept,
            update_conflicts=True,
            unique_fields=["brand", "one_sha256", "two_sha256"],
            update_fields=["one", "two", "share"],
        )
    sides = [side for pair in kept for side in (pair.one_id, pair.two_id) if side and side != version.pk]
    return Version.objects.filter(pk__in=sides, asset__trashed_at=None).count()


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
