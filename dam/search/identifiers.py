"""What is found by its exact name: a clip's or a version's id, a SHA-256, the beginning of either, and what
other packages know versions by: takes, reviews, signed files and their manifests.
"""

import re
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.utils.module_loading import import_string

from dam.catalog.models import Asset, Version
from dam.search.query import Query

_BEGINNING = re.compile(r"[0-9a-f]{8,64}")
_DASHED = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{0,12}){1,4}")
_URN = re.compile(r"\S*urn:[a-z0-9]+:\S+", re.IGNORECASE)
_DIGITS = 32  # of a UUID
MOST = 20
MOST_VERSIONS = 100  # of one file: it may have been uploaded often
_MOST_NAMES = 4  # of one search
# Who knows the versions of a brand by other names: of a name, pairs of a version and whether whoever sees
# what is released may be told. They live above: asked by name.
KNOWN_BY = (
    "generation.job_names.versions",
    "provenance.review.review_names.versions",
    "provenance.releases.release_names.versions",
)


def find(
    assets: QuerySet[Asset], query: Query, *, brand_id: int, shown: str, drafts: bool
) -> list[tuple[UUID, UUID]]:
    """The assets, with their version that is shown, that words of the search name; the newest first.

    `drafts`: whether whoever asks works with what isn't released. Others find nothing by a version that they
    aren't shown, nor by what they can't open.
    """
    keys = set[UUID]()
    for name in _names(query):
        if (ids := between(name)) is not None:
            begun = Asset.objects.filter(brand=brand_id, pk__range=ids)
            keys.update(begun.order_by().values_list("pk", flat=True)[:MOST_VERSIONS])
        found = [*_versions(name.lower(), brand_id), *_known(name, brand_id)]
        versions = Version.objects.filter(pk__in=[key for key, is_public in found if drafts or is_public])
        if not drafts:
            versions = versions.filter(**{f"{shown}_of__isnull": False})
        keys.update(versions.order_by().values_list("asset", flat=True))
    if not keys:
        return []
    named = assets.filter(pk__in=keys).order_by("-created_at")
    return list(named.values_list("pk", f"{shown}_id")[:MOST])


def between(beginning: str) -> tuple[UUID, UUID] | None:
    """The first and the last id that begin so; None of what is no beginning of an id."""
    digits = beginning.lower().replace("-", "")
    if not _BEGINNING.fullmatch(digits) or len(digits) > _DIGITS:
        return None
    return UUID(digits.ljust(_DIGITS, "0")), UUID(digits.ljust(_DIGITS, "f"))


def _names(query: Query) -> list[str]:
    """Words that may be names: each, not only a search of one word."""
    words = (group[0].text.strip() for group in query.terms if len(group) == 1)
    return list(dict.fromkeys(filter(_is_name, words)))[:_MOST_NAMES]


def _is_name(word: str) -> bool:
    small = word.lower()
    return any(pattern.fullmatch(small) for pattern in (_BEGINNING, _DASHED, _URN))


def _versions(name: str, brand_id: int) -> Iterator[tuple[UUID, bool]]:
    """Found by their own indexes, and not with the assets: those would all be joined to them."""
    versions = Version.objects.filter(brand=brand_id).order_by().values_list("pk", flat=True)
    if _BEGINNING.fullmatch(name):
        found = versions.filter(sha256__gte=name, sha256__lt=f"{name}g")
        yield from ((key, True) for key in found[:MOST_VERSIONS])
    if (ids := between(name)) is not None:
        yield from ((key, True) for key in versions.filter(pk__range=ids)[:MOST_VERSIONS])


def _known(name: str, brand_id: int) -> Iterator[tuple[UUID, bool]]:
    for path in KNOWN_BY:
        found: Iterable[tuple[UUID, bool]] = import_string(path)(name, brand_id)
        yield from found
