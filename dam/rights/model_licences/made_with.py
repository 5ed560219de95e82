"""Which models versions were made with, and what the licences of these leave of their terms."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from dam.catalog.models import Version
from dam.rights.model_licences.models import ApprovedBefore, MadeWith, ModelRecord, ModelStanding
from dam.rights.policy import Generator

_LIMITS = Q(stops=True) | Q(places__isnull=False)


def models_of(version: Version) -> list[ModelRecord]:
    """The models that it was made with itself, the first first."""
    rows = MadeWith.objects.filter(version=version).select_related("model").order_by("pk")
    return [each.model for each in rows]


def carry(replaced: Version, version: Version) -> None:
    """Record of a new version what the one before was made with: the next cut is usually made of the same."""
    known = MadeWith.objects.filter(version=version).values("model")
    before = MadeWith.objects.filter(version=replaced).exclude(model__in=known).order_by("pk")
    MadeWith.objects.bulk_create(
        MadeWith(version=version, model_id=each.model_id, brand_id=version.brand_id) for each in before
    )


def limits(ways: Mapping[UUID, Collection[UUID]]) -> dict[UUID, list[Generator]]:
    """What narrows each of some versions, given by all that it was made from and itself; the others not."""
    every = {key for keys in ways.values() for key in keys}
    by_version: dict[UUID, dict[int, Generator]] = defaultdict(dict)
    for version, model, limit in _limits(every):
        by_version[version][model] = limit
    if not by_version:
        return {}
    kept = set(ApprovedBefore.objects.filter(version__in=ways.keys()).values_list("version_id", flat=True))
    found: dict[UUID, list[Generator]] = {}
    for heir, keys in ways.items():
        merged = {model: each for key in keys for model, each in by_version.get(key, {}).items()}
        if merged and heir not in kept:
            found[heir] = [merged[model] for model in sorted(merged)]
    return found


def limiting(keys: Collection[UUID], *, of: UUID) -> list[tuple[str, Generator]]:
    """The models, each once with its name, that narrow a version which was made from these."""
    if ApprovedBefore.objects.filter(version=of).exists():
        return []
    found = {model: limit for _version, model, limit in _limits(keys)}
    names = ModelRecord.objects.in_bulk(found)
    return [(str(names[model]), limit) for model, limit in sorted(found.items())]


def limited() -> QuerySet[MadeWith, UUID]:
    """The versions made with a model that narrows them, by their keys."""
    standing = ModelStanding.objects.filter(_LIMITS, model=OuterRef("model"), brand=OuterRef("brand"))
    return MadeWith.objects.filter(Exists(standing)).values_list("version_id", flat=True)


def _limits(keys: Collection[UUID]) -> Iterable[tuple[UUID, int, Generator]]:
    made = MadeWith.objects.filter(version__in=keys).values_list("version_id", "model_id", "brand_id")
    rows = list(made)
    if not rows:
        return
    standings = ModelStanding.objects.filter(
        _LIMITS, model__in={model for _version, model, _brand in rows}, brand__in={row[2] for row in rows}
    )
    known = {(each.model_id, each.brand_id): each for each in standings}
    for version, model, brand in rows:
        if (standing := known.get((model, brand))) is not None:
            places = None if standing.places is None else tuple(standing.places)
            yield version, model, Generator(stops=standing.stops, places=places)
