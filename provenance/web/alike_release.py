"""What the verify page says of a release that a file looks like, or that its watermark leads to: how much,
how that release stands, and what that proves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dam.core import language
from dam.rights import territories
from dam.web import usage_status
from provenance.releases import known
from provenance.releases.known import KnownRelease, Standing
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus

AS_MUCH = 0.1  # of the share: those that are hardly less alike, of which one that is in use is named first


@dataclass(frozen=True)
class AlikeRelease:
    """`sentence` is about the release; `how` says what was done to the picture, where something was.

    `percent` is how much of it looks alike; None where its watermark says so, and of images.
    """

    brand: str
    released_at: datetime
    percent: int | None
    how: str
    sentence: str
    cleared: bool
    still: bool = False


def of(found: Sequence[Mapping[str, Any]], *, at: datetime) -> AlikeRelease | None:
    """Of what a worker found (likeness.Likeness), as it stands at that time; None where nothing is left."""
    if not found:
        return None
    best = max(each["share"] for each in found)
    wanted = {each["release"]: each for each in found if each["share"] >= best - AS_MUCH}
    rows = Release.objects.filter(pk__in=wanted, signed_at__isnull=False)
    rows = rows.select_related("brand", "asset", "version__rights", "version__inherited")
    ready = ReleaseStatus.READY
    first = min(rows, key=lambda row: (row.state != ready, -wanted[row.pk]["share"], -row.pk), default=None)
    if first is None:
        return None
    release, seen = known.of(first, at=at), wanted[first.pk]
    if release.under_embargo:
        return None  # nobody is told before its time that there is such a clip
    return AlikeRelease(
        brand=release.brand,
        released_at=release.released_at,
        percent=None if seen.get("still") else round(100 * seen["share"]),
        how=_how(seen),
        sentence=today(release, at=at),
        cleared=release.cleared,
        still=bool(seen.get("still")),
    )


def marked(found: Sequence[Mapping[str, Any]], *, at: datetime) -> AlikeRelease | None:
    """Of what a worker found (watermarked.Watermarked), as it stands then: the surest that can be named."""
    rows = Release.objects.filter(pk__in=[each["release"] for each in found], signed_at__isnull=False)
    known_rows = rows.select_related("brand", "asset", "version__rights", "version__inherited").in_bulk()
    for each in found:
        row = known_rows.get(each["release"])
        release = known.of(row, at=at) if row else None
        if row is None or release is None or release.under_embargo:
            continue
        return AlikeRelease(
            brand=release.brand,
            released_at=release.released_at,
            percent=None,
            how=_how(each),
            sentence=today(release, at=at),
            cleared=release.cleared,
        )
    return None


def today(release: KnownRelease, *, at: datetime) -> str:
    """How a release stands: what it was approved for, or why it is not to be used."""
    match release.standing:
        case Standing.WITHDRAWN:
            words = _("That release was withdrawn on %(day)s. Don't use copies of it.")
            return words % {"day": _day(release.ended_at, at)}
        case Standing.SUPERSEDED:
            return _("A newer release replaced it on %(day)s.") % {"day": _day(release.ended_at, at)}
        case Standing.REMOVED:
            return _("That clip has been removed since.")
        case Standing.STOPPED:
            return _("It's made from another clip that may not be used. Don't use copies of it.")
        case Standing.INSIDE:
            words = _("Nothing outside %(brand)s is left of what that release was cleared for.")
            return words % {"brand": release.brand}
        case Standing.ENDED:
            words = _("The clearance of that release ended on %(day)s. Don't use copies of it.")
            return words % {"day": _day(release.valid_until, at)}
    cleared = {
        "brand": release.brand,
        "uses": usage_status.name_uses(release.uses),
        "places": usage_status.name_places(territories.folded(release.territories)),
    }
    if release.valid_until is None:
        return _("%(brand)s approved that release for %(uses)s %(places)s.") % cleared
    words = _("%(brand)s approved that release for %(uses)s %(places)s until %(day)s.")
    return words % {**cleared, "day": _day(release.valid_until, at)}


def _how(seen: Mapping[str, Any]) -> str:
    if seen.get("mirrored") and seen.get("cropped"):
        return _("It's mirrored and shows a part of the picture.")
    if seen.get("mirrored"):
        return _("It's mirrored.")
    return _("It shows a part of the picture.") if seen.get("cropped") else ""


def _day(moment: datetime | None, at: datetime) -> str:
    return language.day(moment.astimezone(at.tzinfo)) if moment else _("an unknown date")
