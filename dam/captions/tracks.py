"""The captions of a version: put there, corrected, removed, restored, and taken over from another version.

They belong to the version and change no file of it: what was signed stays as it was. Search finds what they
say in place of what the recogniser heard in that language.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import trail
from dam.audit.verbs import Verb
from dam.captions import languages
from dam.captions.models import CaptionTrack, TrackKind, TrackSource
from dam.catalog import versions
from dam.catalog.models import AssetKind, Version
from dam.core import errors
from dam.core.language import noop, number
from dam.core.text import storable
from dam.media import caption_files
from dam.media.caption_files import Cue
from dam.search import timed_texts
from dam.search.models import TimedTextKind
from dam.search.timed_texts import Line

MOST = 40  # of one version
MOST_LETTERS = 400_000  # of one language: three hours of talk are 150,000
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Said:
    """What people say of captions beside the words."""

    language: str
    kind: str = TrackKind.SUBTITLES
    label: str = ""


class CaptionsRefused(errors.Refused):
    """`gone`, `held`, `no_video`, `no_cues`, `no_language`, `no_transcript`, `nothing` or `too_…`."""

    code = "captions"


class CaptionsChanged(errors.Refused):
    """Somebody else changed them since they were read."""

    code = "captions_changed"
    message = noop(
        "Someone else just changed these captions. Open them as they are now: what you typed comes back "
        "where no one else changed the same line."
    )


def of(version: Version) -> list[CaptionTrack]:
    """Those that are shown, uploaded ones first: so presets take them. One query."""
    return _ordered(_live(version))


def listed(version: Version) -> list[CaptionTrack]:
    """The same without their words."""
    return _ordered(_live(version).defer("cues"))


def in_language(version: Version, language: str) -> CaptionTrack | None:
    return _live(version).filter(language=language).first()


def of_many(keys: Iterable[UUID]) -> dict[UUID, list[CaptionTrack]]:
    """The same of each version that has any, by one query."""
    found: dict[UUID, list[CaptionTrack]] = {}
    for track in _ordered(CaptionTrack.objects.filter(version__in=list(keys), removed_at=None)):
        found.setdefault(track.version_id, []).append(track)
    return found


def removed(version: Version) -> list[CaptionTrack]:
    """Those that can be restored, the last one removed first, without their words."""
    rows = CaptionTrack.objects.filter(version=version, removed_at__isnull=False).defer("cues")
    return list(rows.order_by("-removed_at"))


def find(version: Version, track_id: int) -> CaptionTrack | None:
    return CaptionTrack.objects.filter(version=version, pk=track_id, removed_at=None).first()


def cues(track: CaptionTrack) -> list[Cue]:
    return [(start, end, text) for start, end, text in track.cues]


def name(track: CaptionTrack) -> str:
    """What people choose it by."""
    return track.label or languages.name(track.language)


def earlier(version: Version) -> Version | None:
    """The newest version before it that has captions; one of the very same file before all others.

    After a restore those of another cut would be out of time.
    """
    rows = Version.objects.filter(asset=version.asset_id, number__lt=version.number)
    rows = rows.filter(captions__removed_at=None, captions__isnull=False)
    same = Case(When(sha256=version.sha256, then=0), default=1, output_field=IntegerField())
    return rows.order_by(same, "-number").first()


def put(
    version: Version,
    said: Said,
    found: Sequence[Cue],
    *,
    source: TrackSource = TrackSource.UPLOADED,
    by: Principal,
) -> CaptionTrack:
    """In the place of those of the same language, which can be restored.

    Raises CaptionsRefused, PermissionDenied.
    """
    said, kept = _clean(said), _clean_cues(found)
    by.require(Capability.EDIT, brand=version.brand)
    with trail.recording():
        now = _locked(version)
        before = _live(now).filter(language=said.language).first()
        if before is None:
            _require_room(now, 1)
        else:
            _take_away(before, now, by=by)
        track = CaptionTrack.objects.create(
            version=now,
            language=said.language,
            kind=said.kind,
            label=said.label,
            source=source,
            cues=kept,
            changed_by=by.user,
        )
        _tell_search(now)
        _record(Verb.CAPTIONS_CHANGED if before else Verb.CAPTIONS_ADDED, track, now, by=by)
    return track


def from_transcript(version: Version, said: Said, *, by: Principal) -> CaptionTrack:
    """Captions of what the recogniser heard, to be corrected. Raises as `put` does."""
    return put(version, said, heard(version), source=TrackSource.RECOGNISED, by=by)


def heard(version: Version) -> list[Cue]:
    rows = timed_texts.of(version, TimedTextKind.SPOKEN)
    found = [(row.start_ms, row.end_ms, row.text) for row in rows if row.end_ms > row.start_ms]
    if not found:
        raise CaptionsRefused(_("This version has no transcript."), code="no_transcript")
    return found


def heard_language(version: Version) -> str | None:
    """That most of it was heard in, empty where nobody says; None where there is no transcript."""
    rows = timed_texts.of(version, TimedTextKind.SPOKEN).order_by().values_list("language", flat=True)
    counted = Counter(rows)
    return counted.most_common(1)[0][0] if counted else None


def take_over(version: Version, *, by: Principal) -> list[CaptionTrack]:
    """Those of the newest earlier version that has any, in languages that this one has none in.

    Raises CaptionsRefused, PermissionDenied.
    """
    by.require(Capability.EDIT, brand=version.brand)
    with trail.recording():
        now = _locked(version)
        source = earlier(now)
        have = set(_live(now).values_list("language", flat=True))
        theirs = [each for each in of(source) if each.language not in have] if source else []
        if source is None or not theirs:
            raise CaptionsRefused(_("No earlier version has captions that this one lacks."), code="nothing")
        _require_room(now, len(theirs))
        taken = CaptionTrack.objects.bulk_create(
            CaptionTrack(
                version=now,
                language=each.language,
                kind=each.kind,
                label=each.label,
                source=each.source,
                cues=each.cues,
                changed_by=by.user,
            )
            for each in theirs
        )
        _tell_search(now)
        for track in taken:
            _record(Verb.CAPTIONS_ADDED, track, now, by=by, data={"from_version": source.number})
    return taken


def correct(
    version: Version,
    track_id: int,
    *,
    said: Said,
    first: int,
    count: int,
    instead: Sequence[Cue],
    seen: int,
    by: Principal,
) -> bool:
    """Put these in the place of `count` cues from the place `first` on; whether that changed anything.

    `seen` is the revision that they were made of. Raises CaptionsRefused, CaptionsChanged, PermissionDenied.
    """
    by.require(Capability.EDIT, brand=version.brand)
    said = _clean(said)
    with trail.recording():
        now = _locked(version)
        track = _required(now, track_id)
        if now.asset.held_at is not None:
            raise _held()
        if track.revision != seen:
            raise CaptionsChanged
        before = cues(track)
        after = _clean_cues([*before[:first], *instead, *before[first + count :]])
        same = after == [list(each) for each in before]
        if same and (track.kind, track.label) == (said.kind, said.label):
            return False
        track.cues, track.kind, track.label = after, said.kind, said.label
        track.revision += 1
        track.changed_at, track.changed_by = timezone.now(), by.user
        track.save()
        if not same:
            _tell_search(now)
        _record(Verb.CAPTIONS_CHANGED, track, now, by=by)
    return True


def remove(version: Version, track_id: int, *, by: Principal) -> CaptionTrack:
    """It can be restored. Raises CaptionsRefused, PermissionDenied."""
    by.require(Capability.EDIT, brand=version.brand)
    with trail.recording():
        now = _locked(version)
        track = _required(now, track_id)
        _take_away(track, now, by=by)
        _tell_search(now)
        _record(Verb.CAPTIONS_REMOVED, track, now, by=by)
    return track


def restore(version: Version, track_id: int, *, by: Principal) -> CaptionTrack:
    """Those that were removed or replaced; what took their place can be restored then. Raises as `remove`."""
    by.require(Capability.EDIT, brand=version.brand)
    with trail.recording():
        now = _locked(version)
        track = CaptionTrack.objects.filter(version=now, pk=track_id, removed_at__isnull=False).first()
        if track is None:
            raise CaptionsRefused(_("These captions aren't there any more."), code="gone")
        other = _live(now).filter(language=track.language).first()
        # Through a row of neither, for each language has one of either.
        if other is None:
            _require_room(now, 1)
        else:
            CaptionTrack.objects.filter(pk=track.pk).update(language="")
            _take_away(other, now, by=by)
        CaptionTrack.objects.filter(pk=track.pk).update(
            language=track.language,
            removed_at=None,
            revision=track.revision + 1,
            changed_at=timezone.now(),
            changed_by=by.user,
        )
        _tell_search(now)
        _record(Verb.CAPTIONS_RESTORED, track, now, by=by)
    return track


def _ordered(rows: QuerySet[CaptionTrack]) -> list[CaptionTrack]:
    first = {TrackSource.UPLOADED.value: 0, TrackSource.RECOGNISED.value: 1}
    return sorted(rows, key=lambda each: (first.get(each.source, 2), each.language))


def _live(version: Version) -> QuerySet[CaptionTrack]:
    return CaptionTrack.objects.filter(version=version, removed_at=None)


def _required(version: Version, track_id: int) -> CaptionTrack:
    track = _live(version).filter(pk=track_id).first()
    if track is None:
        raise CaptionsRefused(_("These captions aren't there any more."), code="gone")
    return track


def _require_room(version: Version, more: int) -> None:
    if _live(version).count() + more > MOST:
        raise CaptionsRefused(
            _("A version can have captions in %(most)s languages at most.") % {"most": MOST}, code="too_many"
        )


def _take_away(track: CaptionTrack, version: Version, *, by: Principal) -> None:
    """Of those removed earlier in its language it takes the place, unless a legal hold keeps them."""
    older = CaptionTrack.objects.filter(version=version, language=track.language, removed_at__isnull=False)
    if version.asset.held_at is not None and older.exists():
        raise _held()
    older.delete()
    track.removed_at, track.changed_by = timezone.now(), by.user
    track.save(update_fields=["removed_at", "changed_by"])


def _held() -> CaptionsRefused:
    return CaptionsRefused(
        _("This clip is under legal hold, so words of its captions can't be overwritten or deleted."),
        code="held",
    )


def _locked(version: Version) -> Version:
    try:
        now = versions.locked(version.pk)
    except Version.DoesNotExist:
        raise CaptionsRefused(_("This version isn't there any more."), code="gone") from None
    if now.asset.trashed_at is not None:
        raise CaptionsRefused(_("The clip is in the trash. Restore it first."), code="gone")
    if now.kind != AssetKind.VIDEO:
        raise CaptionsRefused(_("Only videos can have captions."), code="no_video")
    return now


def _clean(said: Said) -> Said:
    try:
        language = languages.tag(said.language)
    except languages.NoLanguage:
        raise CaptionsRefused(
            _("This isn't the tag of a language. Write en, de or pt-BR."), code="no_language"
        ) from None
    label = " ".join(storable(said.label).split())
    if len(label) > LONGEST_LABEL:
        raise CaptionsRefused(
            _("A name has %(most)s characters at most.") % {"most": LONGEST_LABEL}, code="too_long"
        )
    return Said(language, TrackKind(said.kind).value, label)


def _clean_cues(found: Iterable[Cue]) -> list[list[int | str]]:
    """In order, as they are kept. Raises CaptionsRefused."""
    kept = sorted(
        (start, end, words)
        for start, end, text in found
        if (words := caption_files.tidied(storable(text))) and end > start >= 0
    )
    if not kept:
        raise CaptionsRefused(
            _("At least one caption must stay. To have none, remove these captions."), code="no_cues"
        )
    if len(kept) > caption_files.MOST_CUES:
        raise CaptionsRefused(
            _("There can be %(most)s captions at most.") % {"most": number(caption_files.MOST_CUES)},
            code="too_many",
        )
    if any(len(text) > caption_files.LONGEST_TEXT for _start, _end, text in kept):
        raise CaptionsRefused(
            _("A caption has %(most)s characters at most.") % {"most": number(caption_files.LONGEST_TEXT)},
            code="too_long",
        )
    if sum(len(text) for _start, _end, text in kept) > MOST_LETTERS:
        raise CaptionsRefused(
            _("All captions of a language have %(most)s characters at most.")
            % {"most": number(MOST_LETTERS)},
            code="too_long",
        )
    return [[start, end, text] for start, end, text in kept]


def _tell_search(version: Version) -> None:
    """All that its captions say, with their times."""
    timed_texts.keep(
        version,
        TimedTextKind.CAPTION,
        [
            Line(start, end, " ".join(text.split()), language=languages.main(track.language))
            for track in of(version)
            for start, end, text in track.cues
        ],
    )


def _record(
    verb: Verb,
    track: CaptionTrack,
    version: Version,
    *,
    by: Principal,
    data: Mapping[str, object] | None = None,
) -> None:
    trail.record(
        verb,
        brand=version.brand,
        target=version.asset.title,
        actor=by,
        asset_id=version.asset_id,
        data={
            "language": track.language,
            "number": version.number,
            "source": track.source,
            "cues": len(track.cues),
            **(data or {}),
        },
    )
