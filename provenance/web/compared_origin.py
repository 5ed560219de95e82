"""Do two files that somebody compares come from the same place? By their credentials, and by releases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dam.core import language
from dam.core.lazily import lazy
from provenance.downloads import known_files
from provenance.manifests import public_checks
from provenance.manifests.public_checks import PublicCheck
from provenance.releases import known
from provenance.releases.known import KnownRelease, Standing
from provenance.releases.models import Release
from provenance.web import alike_release

BYTES, PICTURES, WATERMARK, LOOKS = range(4)  # the surest first
WAYS = {
    BYTES: lazy("its bytes"),
    PICTURES: lazy("its pictures"),
    WATERMARK: lazy("its invisible watermark"),
    LOOKS: lazy("what it looks like"),
}


@dataclass(frozen=True)
class Origin:
    """A sentence, and its icon and tone."""

    icon: str
    tone: str
    sentence: str


def of(checks: Sequence[PublicCheck], *, at: datetime) -> list[Origin]:
    """What is known of where both come from. Raises ChecksAway."""
    return [_of_credentials(checks), *_of_releases(checks, at=at)]


def _of_credentials(checks: Sequence[PublicCheck]) -> Origin:
    chains = [_chain(check) for check in checks]
    if not any(chains):
        return Origin("shield-off", "", _("Neither carries Content Credentials."))
    if not all(chains):
        with_some, without = ("A", "B") if chains[0] else ("B", "A")
        words = _("Only %(one)s carries Content Credentials. They prove nothing about %(other)s.")
        return Origin("shield-off", "", words % {"one": with_some, "other": without})
    shared = [label for label in chains[0] if label in chains[1]]
    if not shared:
        return Origin("shield", "", _("Both carry Content Credentials, and these have no step in common."))
    if not any(all(_proven(chain[label]) for chain in chains) for label in shared):
        return Origin(
            "shield-question-mark",
            "warn",
            _("The Content Credentials of both name the same origin, but nothing proves that for both."),
        )
    newest = [next(iter(chain)) for chain in chains]
    if newest[0] == newest[1]:
        return Origin("shield-check", "ok", _("Both carry the same Content Credentials."))
    for place, names in ((0, {"one": "B", "other": "A"}), (1, {"one": "A", "other": "B"})):
        if newest[place] in shared and all(_proven(chain[newest[place]]) for chain in chains):
            words = _("%(one)s was made from %(other)s, by its Content Credentials.")
            return Origin("shield-check", "ok", words % names)
    return Origin(
        "shield-check", "ok", _("By their Content Credentials, both go back to the same signed file.")
    )


def _chain(check: PublicCheck) -> dict[str, Mapping[str, Any]]:
    """Its manifests by their labels, the newest first."""
    manifests = (check.report or {}).get("manifests", ())
    return {str(each["label"]): each for each in manifests if each.get("label")}


def _proven(manifest: Mapping[str, Any]) -> bool:
    return bool(manifest.get("proven"))


def _of_releases(checks: Sequence[PublicCheck], *, at: datetime) -> list[Origin]:
    # Both were looked at before there was a result: what isn't kept by now won't come.
    pictures = [public_checks.pictures_of(check, at=check.at) for check in checks]
    found = [_ways(check, each.sha256 if each else "") for check, each in zip(checks, pictures, strict=True)]
    releases = _releases({*found[0], *found[1]}, at=at)
    ways = [
        {pk: way for pk, way in each.items() if pk in releases and _may_tell(releases[pk], way)}
        for each in found
    ]
    shared = set(ways[0]) & set(ways[1])
    if shared:
        pk = min(shared, key=lambda pk: (ways[0][pk] + ways[1][pk], -pk))
        return [_told(releases[pk], ways[0][pk], ways[1][pk], at=at)]
    if not all(pictures):
        words = _("Their pictures couldn't be compared with releases. Send both again later for that.")
        return [Origin("triangle-alert", "", words)]
    if any(each.skipped for each in pictures if each):
        words = _("Other files are waiting, so their pictures weren't compared with releases.")
        return [Origin("clock", "", words)]
    if not any(ways):
        return [Origin("package", "", _("Neither leads to a release of this library."))]
    if not all(ways):
        words = _("Only %(one)s leads to a release of this library.")
        return [Origin("package", "", words % {"one": "A" if ways[0] else "B"})]
    return [Origin("package", "", _("They lead to different releases of this library."))]


def _ways(check: PublicCheck, pictures_sha256: str) -> dict[int, int]:
    """The releases that a file leads to, and the surest way to each."""
    found: dict[int, int] = {}
    exact = (
        (BYTES, known_files.release_of(check.sha256, "")),
        (PICTURES, known_files.release_of("", pictures_sha256) if pictures_sha256 else None),
    )
    for way, pk in exact:
        if pk is not None:
            found.setdefault(pk, way)
    for way, each in (
        *((WATERMARK, each) for each in public_checks.marked(check)),
        *((LOOKS, each) for each in public_checks.alike(check)),
    ):
        found.setdefault(int(each["release"]), way)
    return found


def _releases(pks: Iterable[int], *, at: datetime) -> dict[int, KnownRelease]:
    rows = Release.objects.filter(pk__in=pks, signed_at__isnull=False)
    rows = rows.select_related("brand", "asset", "version__rights", "version__inherited")
    return {row.pk: known.of(row, at=at) for row in rows}


def _may_tell(release: KnownRelease, way: int) -> bool:
    """Nobody is told before its time that there is such a clip, but who has exactly that."""
    return way <= PICTURES or not release.under_embargo


def _today(release: KnownRelease, *, at: datetime) -> str:
    if release.standing is Standing.EMBARGO and release.embargo_until is not None:
        return (
            _("Under embargo until %(at)s")
            % {"at": language.day(release.embargo_until.astimezone(at.tzinfo))}
            + "."
        )
    return alike_release.today(release, at=at)


def _told(release: KnownRelease, one: int, two: int, *, at: datetime) -> Origin:
    words = _("Both lead to what %(brand)s released on %(day)s: A by %(one)s, B by %(two)s.") % {
        "brand": release.brand,
        "day": language.day(release.released_at.astimezone(at.tzinfo)),
        "one": WAYS[one],
        "two": WAYS[two],
    }
    said = [words, _today(release, at=at)]
    if LOOKS in (one, two):
        said.append(_("Looks alone don't prove that."))
    sure = max(one, two) <= PICTURES and release.cleared
    return Origin("badge-check" if sure else "package", "ok" if sure else "", " ".join(said))
