"""Search by what is seen: exact nearest neighbours over the frames of visible versions (pgvector)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, Min, OuterRef, QuerySet
from pgvector.django import MaxInnerProduct

from dam.catalog.models import Asset
from dam.search import fusion, moments
from dam.search.models import Embedding
from dam.search.results import Moment


@dataclass(frozen=True)
class Seen:
    """An asset whose pictures match, with the moment that does best."""

    asset_id: UUID
    likelihood: float
    moment: Moment


def nearest(
    assets: QuerySet[Asset], *, encoder: str, vector: Sequence[float], scale: fusion.Scale, limit: int
) -> list[Seen]:
    """Assets that show what the vector means, best first; empty if there is no good match."""
    frames = Embedding.objects.filter(encoder=encoder, version__current_of__in=assets)
    closest = list(
        frames.annotate(behind=MaxInnerProduct("vector", list(vector)))  # the product, negated
        .values("version_id", "version__asset_id", "version__duration_ms")
        .annotate(nearest=Min("behind"))
        .order_by("nearest", "version_id")[:limit]
    )
    likelihoods = [scale.likelihood(-row["nearest"]) for row in closest]
    matches = closest[: fusion.relevant(likelihoods)]
    samples = _samples([row["version_id"] for row in matches], encoder=encoder, vector=vector, scale=scale)
    return [
        Seen(
            asset_id=row["version__asset_id"],
            likelihood=likelihood,
            moment=Moment(*moments.best(samples[row["version_id"]], duration_ms=row["version__duration_ms"])),
        )
        for row, likelihood in zip(matches, likelihoods, strict=False)
    ]


def not_indexed(assets: QuerySet[Asset], *, encoder: str) -> int:
    """How many of the assets this encoder has not seen."""
    seen = Embedding.objects.filter(encoder=encoder, version=OuterRef("current"))
    return assets.filter(~Exists(seen)).count()


def _samples(
    versions: Sequence[UUID], *, encoder: str, vector: Sequence[float], scale: fusion.Scale
) -> dict[UUID, list[moments.Sample]]:
    rows = (
        Embedding.objects.filter(encoder=encoder, version_id__in=versions)
        .annotate(behind=MaxInnerProduct("vector", list(vector)))
        .order_by("version_id", "time_ms")
        .values_list("version_id", "time_ms", "behind")
    )
    samples: dict[UUID, list[moments.Sample]] = defaultdict(list)
    for version, time_ms, behind in rows:
        samples[version].append(moments.Sample(time_ms=time_ms, likelihood=scale.likelihood(-behind)))
    return samples
