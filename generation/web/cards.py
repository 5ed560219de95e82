"""What the card of a take shows."""

from base64 import b64encode
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from dam.accounts.principals import Principal
from dam.catalog import assets, counted_on
from dam.catalog.models import Processing
from dam.models import InheritedTerms, Version
from generation import estimates, previews, selectors, states
from generation.generators.base import ModelIdentity
from generation.models import GenerationJob
from generation.states import JobState

WIDE, TALL = 1.2, 0.85  # width by height
_SETTLING = (Processing.WAITING, Processing.RUNNING)


@dataclass(frozen=True)
class TakeCard:
    """A job, and what can be said of it at this moment."""

    job: GenerationJob
    shape: str  # "wide", "square" or "tall"
    preview: str  # data: address of a JPEG, or empty
    left: str  # "about 20 s", or empty
    ahead: int
    version: Version | None
    playable: bool  # the review proxy is made; the master is not shown, for that would be a download
    poster: bool
    not_for_release: bool  # the licence of its model isn't cleared, or something it was made from stops it
    discardable: bool  # the take is all there is of its asset, and the reader may discard it
    key: UUID  # for "more like this": pressing twice asks once

    @property
    def open(self) -> bool:
        return self.job.state in states.OPEN

    @property
    def has_stage(self) -> bool:
        """Whether there is a picture, or will be: nothing to show needs no place."""
        return self.open or self.version is not None

    @property
    def can_cancel(self) -> bool:
        return states.can_cancel(JobState(self.job.state)) and not self.job.cancel_requested_at

    @property
    def can_retry(self) -> bool:
        return states.can_retry(JobState(self.job.state))

    @property
    def settling(self) -> bool:
        """Its files are still being made."""
        return self.version is not None and not self.playable and self.version.processing in _SETTLING

    @property
    def follows(self) -> str:
        """The event after which the card has changed; empty once it stays as it is."""
        if self.open:
            return f"job-{self.job.pk}"
        return f"version-{self.job.version_id}" if self.settling else ""


def of(job: GenerationJob, *, by: Principal, at: datetime, identity: ModelIdentity | None = None) -> TakeCard:
    """The card of a job as selectors.for_cards fetches it."""
    return all_of([job], by=by, at=at, identity=identity)[0]


def all_of(
    jobs: Iterable[GenerationJob], *, by: Principal, at: datetime, identity: ModelIdentity | None = None
) -> tuple[TakeCard, ...]:
    found = list(jobs)
    places = selectors.places() if any(job.state == JobState.REQUESTED for job in found) else {}
    discardable = _discardable(filter(None, map(_version, found)), by=by)
    return tuple(
        _of(job, at=at, identity=identity, ahead=places.get(job.pk, 0), discardable=discardable)
        for job in found
    )


def _version(job: GenerationJob) -> Version | None:
    return job.version if job.version and job.version.asset.trashed_at is None else None


def _of(
    job: GenerationJob,
    *,
    at: datetime,
    identity: ModelIdentity | None,
    ahead: int,
    discardable: Collection[UUID],
) -> TakeCard:
    version = _version(job)
    kinds = version.rendition_by_kind if version else {}
    # In the page itself: an address of its own would flicker each time the card is swapped.
    unseen = version is not None and "proxy" not in kinds
    jpeg = previews.find(job.pk) if unseen or job.state in states.WORKING else None
    return TakeCard(
        job=job,
        shape=_shape(job.width / job.height),
        preview=f"data:image/jpeg;base64,{b64encode(jpeg).decode()}" if jpeg else "",
        left=_time_left(job, at=at, identity=identity),
        ahead=ahead,
        version=version,
        playable="proxy" in kinds,
        poster="poster" in kinds,
        not_for_release=_is_stopped(version),
        discardable=version is not None and version.asset_id in discardable,
        key=uuid4(),
    )


def _is_stopped(version: Version | None) -> bool:
    inherited: InheritedTerms | None = getattr(version, "inherited", None)
    return inherited is not None and inherited.stopped


def _discardable(versions: Iterable[Version], *, by: Principal) -> set[UUID]:
    """The assets of which all versions would go: only where this is the one, and nobody counts on it."""
    alone = [each.asset for each in versions if each.number == 1 and each.asset.latest_id == each.pk]
    reasons = assets.refusals_to_move(alone, by=by)
    movable = [asset for asset in alone if not reasons[asset.pk]]
    return {asset.pk for asset in movable} - counted_on.among(movable)


def _shape(ratio: float) -> str:
    return "wide" if ratio >= WIDE else "tall" if ratio <= TALL else "square"


def _time_left(job: GenerationJob, *, at: datetime, identity: ModelIdentity | None) -> str:
    if job.state != JobState.GENERATING or job.started_at is None:
        return ""
    expected = None
    if job.step == 0 and identity is not None:
        expected = selectors.expected_seconds(
            frames=job.frames, width=job.width, height=job.height, steps=job.steps, identity=identity
        )
    seconds = estimates.left(
        started_at=job.started_at, at=at, step=job.step, steps=job.steps, expected=expected
    )
    return estimates.in_words(seconds) if seconds else ""
