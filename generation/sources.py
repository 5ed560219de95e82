"""What a take begins with from the library: who may use it, how it is kept, and its frames."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from PIL import Image, ImageOps

from dam.accounts import principals
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, Version
from dam.core import storage
from dam.core.language import gettext as _
from dam.media import runner
from dam.media.probe import MediaInfo
from dam.rights import making
from dam.rights.making import NotMadeFrom
from dam.rights.visibility import visible_versions
from generation import composition
from generation.briefs import Brief, BriefRefused, Source
from generation.composition import Settings
from generation.generators import modes
from generation.generators.base import Frames, GeneratorError
from generation.generators.modes import Mode, SourceKind
from generation.models import GenerationJob

KINDS = {AssetKind.VIDEO.value: SourceKind.VIDEO, AssetKind.STILL.value: SourceKind.STILL}


@dataclass(frozen=True)
class Opened:
    """A source whose file is at hand; `frames` at the job's size and rate, of a picture one."""

    role: str
    version: Version
    path: Path
    frames: Frames
    at: float = 0.0  # seconds: where in it the clip begins


def of_version(version: Version, *, role: str, at: float = 0.0) -> Source | None:
    """The version as a source of a brief; None where it has no pictures. Reads `version.asset`."""
    kind = KINDS.get(version.kind)
    if kind is None:
        return None
    return Source(
        role=role,
        asset=version.asset_id,
        version=version.pk,
        sha256=version.sha256,
        kind=kind,
        title=version.asset.title,
        seconds=(version.duration_ms or 0) / 1000 if kind is SourceKind.VIDEO else 0.0,
        at=at,
    )


def find(by: Principal, keys: Iterable[UUID]) -> dict[UUID, Version]:
    """The versions among these that they see and that have pictures."""
    rows = visible_versions(by).filter(pk__in=list(keys), kind__in=list(KINDS))
    return {version.pk: version for version in rows.select_related("asset")}


def require(by: Principal, brief: Brief) -> None:
    """Raises BriefRefused for a source that they can't see (any more)."""
    found = find(by, [source.version for source in brief.sources])
    for source in brief.sources:
        if source.version not in found:
            raise BriefRefused(source.role, _("This clip doesn't exist or is in the trash."))
    try:
        making.require_shallow(found)
    except NotMadeFrom as refused:  # rather now than when the take is made
        raise BriefRefused("mode", refused.message) from refused


def stored(brief: Brief) -> dict[str, Any]:
    """What GenerationJob.guides keeps of a brief; nothing of one of words alone."""
    if brief.mode is Mode.TEXT:
        return {}
    facts = modes.MODES[brief.mode]
    kept: dict[str, Any] = {
        "sources": [
            {
                "role": source.role,
                "asset": str(source.asset),
                "version": str(source.version),
                "sha256": source.sha256,
                "title": source.title,
                **({"at": source.at} if source.at else {}),
            }
            for source in brief.sources
        ]
    }
    if facts.has_strength:
        kept["strength"] = brief.settings.strength
    if facts.has_region:
        kept["region"] = list(brief.settings.region)
    return kept


def mode(job: GenerationJob) -> Mode:
    """The job's mode. Raises GeneratorError for one that a newer release asked for."""
    try:
        return Mode(job.mode)
    except ValueError as unknown:
        raise GeneratorError(_("This take was requested by a newer version of Reelproof.")) from unknown


def settings(job: GenerationJob) -> Settings:
    usual = Settings()
    left, top, width, height = job.guides.get("region", usual.region)
    return Settings(
        strength=float(job.guides.get("strength", usual.strength)), region=(left, top, width, height)
    )


def again(job: GenerationJob, *, by: Principal) -> tuple[Source, ...]:
    """What the job began with, for one like it; without what they can't see any more."""
    named = job.guides.get("sources", ())
    found = find(by, [UUID(each["version"]) for each in named]) if named else {}
    made = [
        of_version(version, role=each["role"], at=float(each.get("at", 0)))
        for each in named
        if (version := found.get(UUID(each["version"]))) is not None
    ]
    return tuple(source for source in made if source is not None)


class SourceGone(GeneratorError):
    """Something that the take begins with is no longer there for who asks."""

    def __init__(self, title: str) -> None:
        self.title = title
        super().__init__(
            _(
                "“%(title)s” is no longer in the library, or the person who requested this take "
                "can't see it any more."
            )
            % {"title": title}
        )


@contextmanager
def opened(job: GenerationJob, *, by: User | None = None) -> Iterator[tuple[Opened, ...]]:
    """The job's sources with their frames, while the block runs, if who asked (or `by`) may still use them.

    Raises SourceGone where one is gone, FileRefused or MediaFailed where it can't be read.
    """
    named = job.guides.get("sources", ())
    with ExitStack() as files:
        required = _required(job, named, by=by or job.requested_by)
        yield tuple(_open(job, each, version, files) for each, version in required)


def _required(
    job: GenerationJob, named: Sequence[dict[str, Any]], *, by: User
) -> list[tuple[dict[str, Any], Version]]:
    if not named:
        return []
    person = principals.member(by, job.brand)
    found = find(person, [UUID(each["version"]) for each in named]) if person else {}
    pairs = [(each, found.get(UUID(each["version"]))) for each in named]
    for each, version in pairs:
        if version is None or version.sha256 != each["sha256"]:
            raise SourceGone(each.get("title", ""))
    return [(each, version) for each, version in pairs if version is not None]


def _open(job: GenerationJob, each: dict[str, Any], version: Version, files: ExitStack) -> Opened:
    path = files.enter_context(storage.local_copy(version.storage_key))
    frames = _frames(job, each, version, path)
    return Opened(each["role"], version, path, frames, at=float(each.get("at", 0)))


def _frames(job: GenerationJob, each: dict[str, Any], version: Version, path: Path) -> Frames:
    size = (job.width, job.height)
    if version.kind == AssetKind.STILL:
        return _filling(runner.still(path, max_side=4 * max(size)), size)[None]
    rate = Fraction(job.rate_numerator, job.rate_denominator)
    slot = next(slot for slot in modes.slots(mode(job)) if slot.role == each["role"])
    info, at = MediaInfo.from_json(version.media_info), float(each.get("at", 0))
    needed = composition.needed(mode(job), frames=job.frames)
    if slot.moment and needed is None:
        time_ms = round(at * 1000)
        picture = runner.frame_at(path, info=info, time_ms=time_ms, max_side=4 * max(size))
        return _filling(picture.rgb, size)[None]
    count = needed or int(composition.MOST_KEPT_SECONDS * rate) + 1
    frames = runner.decode_frames(
        path, info=info, size=size, frame_rate=rate, first=int(at * rate), count=count
    )
    missing = (needed or 0) - len(frames)
    if missing > 1:  # one frame may be lost where one rate is put into another
        raise GeneratorError(
            _("“%(title)s” ends earlier than its file says. Choose an earlier time or a shorter length.")
            % {"title": version.asset.title}
        )
    return np.concatenate([frames, frames[-1:]]) if missing == 1 else frames


def _filling(picture: Frames, size: tuple[int, int]) -> Frames:
    """A picture [H, W, 3] that fills the size, what is too wide or high cut off evenly."""
    filled: Frames = np.asarray(ImageOps.fit(Image.fromarray(picture), size, Image.Resampling.LANCZOS))
    return filled
