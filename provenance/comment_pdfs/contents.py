"""What a PDF of comments says: read from the database, in words of the language that is active."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dam.accounts import times
from dam.accounts.models import User
from dam.accounts.principals import Principal
from dam.catalog.models import AssetKind, Version
from dam.core import foreign_text
from dam.core.language import number
from dam.web import timecode
from provenance.attachments.models import Attachment, AttachmentKind
from provenance.comment_pdfs.sheet import Head, Picture, Said, Thread
from provenance.guests import remarks
from provenance.guests.models import GuestAdvice, GuestRemark
from provenance.guests.rules import ADVICE_TITLES, Advice
from provenance.review import comments, drawings, filtering, linking, passages, places
from provenance.review.drawings import Drawing
from provenance.review.filtering import OPEN, OUTSIDE, UNASSIGNED, Filter
from provenance.review.linking import Clips
from provenance.review.models import Comment
from provenance.review.policies import STAGES

MOST = 1000  # comments, answers among them: what fits into memory, and what somebody reads
MOST_ATTACHED = 200  # pictures of attached files; the names of all are said


@dataclass(frozen=True)
class OutsideThread:
    """What somebody from outside said, and what the brand answered them."""

    first: GuestRemark
    answers: Sequence[GuestRemark]


class Shot(NamedTuple):
    """The frame of a thread, and what is drawn over it. `key` names the thread."""

    key: str
    frame: int
    drawing: Drawing | None


@dataclass(frozen=True)
class Contents:
    threads: Sequence[filtering.Thread]
    wanted: Filter
    for_guests: bool
    outside: Sequence[OutsideThread] = ()
    advice: Sequence[GuestAdvice] = ()

    @property
    def in_order(self) -> list[filtering.Thread | OutsideThread]:
        """All of them, as the clip goes; where both are at one frame those from outside come last."""
        every: list[filtering.Thread | OutsideThread] = [*self.threads, *self.outside]
        return sorted(every, key=_place)

    @property
    def comments(self) -> int:
        return sum(1 + len(thread.answers) for thread in self.in_order)

    @property
    def shots(self) -> list[Shot]:
        return [
            Shot(_key(each), each.first.frame, _drawing(each))
            for each in self.in_order
            if each.first.frame is not None
        ]

    @property
    def frames(self) -> list[int]:
        """Whose pictures are shown, in order and each once."""
        return sorted({shot.frame for shot in self.shots})

    @property
    def attached(self) -> list[Attachment]:
        """The files whose pictures stand beside what they were sent with; guests are given none."""
        if self.for_guests:
            return []
        said = (row for each in self.in_order for row in (each.first, *each.answers))
        rows = (row for row in said if getattr(row, "deleted_at", None) is None)
        files = (file for row in rows for file in row.attachments.all() if _is_shown(file))
        return list(islice(files, MOST_ATTACHED))


def _place(thread: filtering.Thread | OutsideThread) -> tuple[bool, int, bool, int]:
    first, outside = thread.first, isinstance(thread, OutsideThread)
    return first.frame is not None, first.frame or 0, outside, first.pk


def _key(thread: filtering.Thread | OutsideThread) -> str:
    return f"{'outside' if isinstance(thread, OutsideThread) else 'comment'}-{thread.first.pk}"


def _drawing(thread: filtering.Thread | OutsideThread) -> Drawing | None:
    return None if thread.first.deleted_at is not None else thread.first.drawing


def _is_shown(file: Attachment) -> bool:
    made = getattr(file, "preview", None)
    return file.kind == AttachmentKind.PICTURE and made is not None


def read(version: Version, wanted: Filter, *, for_guests: bool) -> Contents:
    """What everyone who sees the version's comments sees of them, in a fixed number of queries.

    For guests what they read, too: no answers and no drawings, which stay inside.
    """
    found = list(_rows(version, for_guests=for_guests))
    if for_guests:
        for row in found:
            row.drawing = None
    answers: dict[int, list[Comment]] = defaultdict(list)
    for row in found:
        if row.parent_id is not None:
            answers[row.parent_id].append(row)
    under_way = passages.of(version) if found else []
    threads = (
        filtering.Thread(row, answers[row.pk], filtering.stage_at(row.created_at, under_way))
        for row in found
        if row.parent_id is None
    )
    shown = [thread for thread in threads if wanted.fits(thread)]
    if for_guests:
        return Contents(shown, wanted, for_guests)
    return Contents(shown, wanted, for_guests, _outside(version, wanted), _advice(version, wanted))


def _outside(version: Version, wanted: Filter) -> list[OutsideThread]:
    """They are nobody's of the brand and in no state: a filter by these leaves them out."""
    if wanted.parameters().keys() - {"stage", "drawn"}:
        return []
    found, under_way = list(remarks.of_version(version)), None
    answers: dict[int, list[GuestRemark]] = defaultdict(list)
    for row in found:
        if row.parent_id is not None:
            answers[row.parent_id].append(row)
    if wanted.stage:
        under_way = passages.of(version)
    return [
        OutsideThread(row, answers[row.pk])
        for row in found
        if row.parent_id is None
        and (not wanted.drawn or (row.drawing is not None and row.deleted_at is None))
        and (under_way is None or filtering.stage_at(row.created_at, under_way) == wanted.stage)
    ]


def _advice(version: Version, wanted: Filter) -> list[GuestAdvice]:
    """What people from outside recommend, left out by the filters that leave out what they said."""
    if wanted.parameters().keys() - {"stage"}:
        return []
    found = remarks.advice_on(version)
    if not wanted.stage or not found:
        return found
    under_way = passages.of(version)
    return [each for each in found if filtering.stage_at(each.created_at, under_way) == wanted.stage]


def _rows(version: Version, *, for_guests: bool) -> QuerySet[Comment]:
    rows = comments.shown().filter(version=version)
    if for_guests:
        rows = rows.filter(for_guests=True, parent=None, deleted_at=None)
    rows = rows.select_related("author", "resolved_by", "assigned_to").prefetch_related(remarks.WITH_FILES)
    return rows.order_by("created_at", "pk")


def chosen(wanted: Filter, *, for_guests: bool, reader: User) -> list[str]:
    """The filters, each in words; none where everything is wanted. One query, where people are asked for."""
    asked = [key for key in (wanted.person, wanted.assigned) if key]
    people = {user.pk: str(user) for user in User.objects.filter(Q(pk__in=asked))} if asked else {}

    def name(key: int) -> str:
        return people.get(key, _("Someone else"))

    words = []
    if wanted.state:
        words.append(_("Unresolved") if wanted.state == OPEN else _("Resolved"))
    if wanted.person is not None:
        words.append(_("By %(person)s") % {"person": name(wanted.person)})
    if wanted.stage:
        stage = _("Outside a review") if wanted.stage == OUTSIDE else str(STAGES[wanted.stage].title)
        words.append(_("Stage: %(stage)s") % {"stage": stage})
    if wanted.drawn:
        words.append(_("With a drawing"))
    if wanted.assigned == UNASSIGNED:
        words.append(_("Unassigned"))
    elif wanted.assigned is not None:
        words.append(_("Assigned to %(person)s") % {"person": name(wanted.assigned)})
    if for_guests:
        words.append(_("Visible outside, without replies"))
    return words


def head(version: Version, contents: Contents, *, by: User, at: datetime, zone: ZoneInfo) -> Head:
    filters = chosen(contents.wanted, for_guests=contents.for_guests, reader=by)
    facts = [
        (_("Clip"), f"{foreign_text.line(version.filename)}"),
        (_("Content hash (SHA-256)"), version.sha256),
        (_("Exported by"), f"{by} · {moment(at, zone)} ({zone.key}, UTC{times.offset(zone, at=at)})"),
        (_("Filters"), " · ".join(filters) or _("None: all comments")),
        (
            _("Contents"),
            _("Threads: %(threads)s · Comments with replies: %(comments)s")
            % {"threads": number(len(contents.in_order)), "comments": number(contents.comments)},
        ),
        *((_("Outside recommendation"), _recommended(each, zone)) for each in contents.advice),
    ]
    subtitle = _("Comments on version %(number)s · %(brand)s") % {
        "number": version.number,
        "brand": version.brand.name,
    }
    return Head(version.asset.title, subtitle, facts)


def _recommended(advice: GuestAdvice, zone: ZoneInfo) -> str:
    title = _(ADVICE_TITLES[Advice(advice.kind)])
    words = " ".join(foreign_text.neutral(advice.words).split())
    said = [f"{advice.link}: {title}", moment(advice.created_at, zone), words]
    return " · ".join(filter(None, said))


def threads(
    version: Version,
    contents: Contents,
    pictures: Mapping[str, Path],
    *,
    zone: ZoneInfo,
    reader: Principal | None = None,
    attached: Mapping[UUID, Path] | None = None,
) -> Iterator[Thread]:
    """One by one; `pictures` by the key of their shot, `attached` by that of their file. Of clips that
    comments point at what `reader` sees: in a file for people outside none.
    """
    order = contents.in_order
    said = (row.body for each in order for row in (each.first, *each.answers))
    clips = linking.clips(said, to=None if contents.for_guests else reader)
    for each in order:
        words = _Words(zone, clips, attached or {})
        picture = pictures.get(_key(each))
        if isinstance(each, OutsideThread):
            yield _from_outside(version, each, picture, words)
        else:
            yield _thread(version, each, picture, words, outside=contents.for_guests)


@dataclass(frozen=True)
class _Words:
    """What is needed to say what somebody said."""

    zone: ZoneInfo
    clips: Clips
    attached: Mapping[UUID, Path]


def _from_outside(version: Version, thread: OutsideThread, picture: Path | None, words: _Words) -> Thread:
    first = thread.first
    shown = first.frame is not None and version.kind != AssetKind.SOUND
    return Thread(
        place=place(first, version),
        first=_said_outside(first, words),
        answers=[_said_outside(each, words) for each in thread.answers],
        state=_("Outside"),
        picture=Picture(picture, _described(thread, version)) if shown else None,
    )


def _said_outside(remark: GuestRemark, words: _Words) -> Said:
    name = str(remark.by)
    files = [] if remark.deleted_at else list(remark.attachments.all())
    said = _("Deleted by its author") if remark.deleted_at else words.clips.told(remark.body)
    return Said(
        _("%(name)s (outside)") % {"name": name} if remark.link_id else name,
        moment(remark.created_at, words.zone),
        _with_names(said, files),
        _shown(files, words.attached),
    )


def _with_names(words: str, files: Sequence[Attachment]) -> str:
    names = ", ".join(each.filename for each in files)
    if not names:
        return words
    told = _("Attached: %(names)s") % {"names": names}
    return f"{words}\n{told}" if words else told


def _shown(files: Sequence[Attachment], attached: Mapping[UUID, Path]) -> list[Picture]:
    return [Picture(attached[each.pk], each.filename) for each in files if each.pk in attached]


def _thread(
    version: Version,
    thread: filtering.Thread,
    picture: Path | None,
    words: _Words,
    *,
    outside: bool,
) -> Thread:
    first, zone = thread.first, words.zone
    shown = None
    if first.frame is not None and version.kind != AssetKind.SOUND:
        shown = Picture(picture, _described(thread, version))
    return Thread(
        place=place(first, version),
        first=_said(first, words),
        answers=[_said(each, words) for each in thread.answers],
        state="" if outside else _("Unresolved") if first.resolved_at is None else _("Resolved"),
        facts=[] if outside else list(_facts(first, zone)),
        picture=shown,
    )


def _described(thread: filtering.Thread | OutsideThread, version: Version) -> str:
    where, drawing = place(thread.first, version), _drawing(thread)
    written = drawings.words(drawing).replace("\n", "; ")
    if version.kind == AssetKind.STILL:
        if written:
            return _("The image, with a drawing: %(words)s") % {"words": written}
        return _("The image, with a drawing") if drawing else _("The image")
    if not drawing:
        return _("The frame at %(place)s") % {"place": where}
    if not written:
        return _("The frame at %(place)s, with a drawing") % {"place": where}
    return _("The frame at %(place)s, with a drawing: %(words)s") % {"place": where, "words": written}


def place(comment: Comment | GuestRemark, version: Version) -> str:
    """Its timecode and number, of a range those of both ends; numbers count from 0."""
    if version.kind == AssetKind.STILL:
        return _("Whole image") if comment.frame is None else _("On the image")
    if comment.frame is None:
        return _("Whole clip")
    first, last = comment.frame, comment.end_frame
    frames = (
        _("frame %(number)s") % {"number": first}
        if last is None
        else _("frames %(first)s to %(last)s") % {"first": first, "last": last}
    )
    rate = places.rate(version)
    if rate is None:
        return frames
    ends = " – ".join(timecode.at(frame, rate=rate) for frame in (first, last) if frame is not None)
    return ends if version.kind == AssetKind.SOUND else f"{ends} · {frames}"


def _said(comment: Comment, given: _Words) -> Said:
    zone = given.zone
    at = moment(comment.created_at, zone)
    if comment.deleted_at is not None:
        return Said(str(comment.author), at, _("Deleted by its author"))
    if comment.edited_at is not None:
        at = _("%(time)s, edited %(edited)s") % {"time": at, "edited": moment(comment.edited_at, zone)}
    words, files = given.clips.told(comment.body), list(comment.attachments.all())
    if written := drawings.words(comment.drawing):
        told = _("Written in the drawing: %(words)s") % {"words": written.replace("\n", "; ")}
        words = f"{words}\n{told}" if words else told
    words = _with_names(words, files)
    return Said(str(comment.author), at, words or _("Drawing"), _shown(files, given.attached))


def _facts(comment: Comment, zone: ZoneInfo) -> Iterator[str]:
    if comment.resolved_at is not None:
        when = moment(comment.resolved_at, zone)
        if comment.resolved_in:
            yield _("Done in version %(number)s, says %(person)s, %(time)s") % {
                "number": comment.resolved_in,
                "person": comment.resolved_by,
                "time": when,
            }
        else:
            yield _("Resolved by %(person)s, %(time)s") % {"person": comment.resolved_by, "time": when}
    if comment.assigned_to is not None and comment.due_at is not None:
        day = date_format(comment.due_at.astimezone(zone), "DATE_FORMAT")
        yield _("Assigned to %(person)s, due %(day)s") % {"person": comment.assigned_to, "day": day}
    elif comment.assigned_to is not None:
        yield _("Assigned to %(person)s") % {"person": comment.assigned_to}
    if comment.for_guests:
        yield _("Visible outside")


def moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{date_format(local, 'DATE_FORMAT')}, {local:%H:%M}"
