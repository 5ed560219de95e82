"""Search by what is seen: the nearest candidates, judged by the best of their frames (pgvector)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from pgvector import HalfVector
from pgvector.django import MaxInnerProduct

from dam.catalog.models import Asset, AssetKind, Version
from dam.search import chances, fusion, moments, neighbours, strengths
from dam.search.calibration import Chance
from dam.search.models import Embedding, EncoderIndex, Scope
from dam.search.results import Moment
from dam.search.strengths import Strength

# Of one clip: the best and a few more, as many as a card has room for.
MOST_MOMENTS = 6
# How many versions a search compares frame by frame.
DEPTH = 150
# Versions that wait to be indexed are among the newest; nobody counts a million others for it.
NEWEST = 200


@dataclass(frozen=True)
class VectorQuery:
    """What to look for, and in which encoder's index: a meaning (encoders.base) of that encoder."""

    encoder: EncoderIndex
    vector: tuple[float, ...]
    scale: fusion.Scale
    # Whether it was asked in words: then null queries say what its scores mean on a frame.
    in_words: bool = True

    def likelihood(self, score: float, chance: Chance | None) -> float:
        """0 to 1 that a frame shows it; `chance` is what other questions score there, where that is known."""
        return chance.likelihood(self.scale.log_odds(score)) if chance else self.scale.likelihood(score)


@dataclass(frozen=True)
class Seen:
    """An asset whose pictures match."""

    asset_id: UUID
    version_id: UUID
    duration_ms: int | None
    likelihood: float
    strength: Strength
    chance: Chance | None = None


def nearest(assets: QuerySet[Asset], wanted: VectorQuery, *, shown: str, limit: int = DEPTH) -> list[Seen]:
    """Assets that show what is wanted in the version `shown` (rights.visibility), best first: weak ones
    last, and none that isn't a match."""
    versions = neighbours.nearest(assets, wanted.encoder, wanted.vector, shown=shown, limit=limit)
    # By the best of their frames: one that is unlike the others is lost in what is pooled.
    closest = list(
        _frames(wanted)
        .filter(version_id__in=versions)
        .values("version_id", "version__asset_id", "version__duration_ms")
        .annotate(nearest=Min(_behind(wanted)))
        .order_by("nearest", "version_id")
    )
    by_chance: dict[UUID, Chance] = {}
    if wanted.in_words:
        found = [row["version_id"] for row in closest]
        by_chance = chances.of(found, encoder=wanted.encoder, vector=wanted.vector)
    seen = []
    for row in closest:
        chance = by_chance.get(row["version_id"])
        likelihood = wanted.likelihood(-row["nearest"], chance)
        strength = strengths.of(likelihood)
        if strength is None:
            continue
        seen.append(
            Seen(
                asset_id=row["version__asset_id"],
                version_id=row["version_id"],
                duration_ms=row["version__duration_ms"],
                likelihood=likelihood,
                strength=strength,
                chance=chance,
            )
        )
    return seen


def moments_of(seen: Sequence[Seen], wanted: VectorQuery) -> dict[UUID, list[Moment]]:
    """The moments of each asset that show what is wanted, best first."""
    frames = _frames(wanted).filter(version_id__in=[each.version_id for each in seen])
    rows = (
        frames.annotate(behind=_behind(wanted))
        .order_by("version_id", "start_ms")
        .values_list("version_id", "start_ms", "behind")
    )
    by_chance = {each.version_id: each.chance for each in seen}
    samples: dict[UUID, list[moments.Sample]] = defaultdict(list)
    for version, time_ms, behind in rows:
        likelihood = wanted.likelihood(-behind, by_chance[version])
        samples[version].append(moments.Sample(time_ms=time_ms, likelihood=likelihood))
    return {
        each.asset_id: [
            _moment(run)
            for run in moments.several(
                samples[each.version_id], duration_ms=each.duration_ms, most=MOST_MOMENTS
            )
        ]
        for each in seen
        if samples[each.version_id]
    }


def _moment(run: moments.Run) -> Moment:
    strength = strengths.of(run.likelihood) or Strength.WEAK
    return Moment(start_ms=run.start_ms, end_ms=run.end_ms, at_ms=run.at_ms, strength=strength)


def vector_of(
    version: Version, *, encoder: EncoderIndex | None, time_ms: int | None = None
) -> tuple[float, ...] | None:
    """What the encoder saw in the version as a whole, or in the shot at that time; None for one not seen.

    Of a version of a single shot a time means the frame that is shown then.
    """
    rows = Embedding.objects.filter(version=version, encoder=encoder)
    if time_ms is None:
        found = rows.filter(scope=Scope.VERSION).first()
    else:
        begun = rows.filter(start_ms__lte=time_ms).order_by("-start_ms")
        shots, frames = (begun.filter(scope=scope) for scope in (Scope.SHOT, Scope.FRAME))
        found = shots.first() or frames.first() or rows.filter(scope=Scope.FRAME).order_by("start_ms").first()
    return None if found is None else _unit(found.vector)


def _unit(vector: Sequence[float]) -> tuple[float, ...]:
    values = np.asarray(vector, float)
    return tuple((values / max(float(np.linalg.norm(values)), 1e-9)).tolist())


def not_indexed(assets: QuerySet[Asset], *, encoder: EncoderIndex | None, shown: str) -> int:
    """How many of the newest of the assets this encoder has not seen in the version `shown`."""
    newest = assets.order_by("-created_at", "-pk").values(shown)[:NEWEST]
    seen = Embedding.objects.filter(encoder=encoder, version=OuterRef("pk"))
    # Of sound there is nothing to see.
    return Version.objects.filter(~Exists(seen), ~Q(kind=AssetKind.SOUND), pk__in=newest).count()


def _frames(wanted: VectorQuery) -> QuerySet[Embedding]:
    return Embedding.objects.filter(encoder=wanted.encoder, scope=Scope.FRAME)


def _behind(wanted: VectorQuery) -> MaxInnerProduct:
    """The inner product with what is wanted, negated, as pgvector gives it."""
    return MaxInnerProduct("vector", HalfVector(list(wanted.vector)))
