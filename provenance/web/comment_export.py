"""A version's comments as a file: all of them as CSV, those at a frame as markers for editing programs."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from uuid import UUID

from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.audit import export as sheets
from dam.catalog.models import AssetKind, Version
from dam.core import numbers
from dam.ingest import filenames
from dam.web import streamed, timecode
from dam.web.decorators import BrandRequest, requires
from provenance.guests import remarks
from provenance.guests.models import GuestAdvice, GuestRemark
from provenance.review import comments, drawings, filtering, linking, passages, places
from provenance.review.filtering import Passage
from provenance.review.linking import Clips
from provenance.review.models import Comment
from provenance.web import review_comments
from provenance.web.marker_files import FORMATS, SOUND_RATES, Clip, Mark, counted_in

CHUNK = 500
CSV = "csv"
COLUMNS = (
    *("id", "reply_to", "frame", "timecode", "end_frame", "end_timecode", "person", "comment", "drawing"),
    *("written_in_drawing", "stage"),
    *("created_at", "edited_at", "deleted_at", "resolved_at", "resolved_by", "resolved_in_version"),
    *("assigned_to", "due_at", "attachments", "links", "outside_reviewer", "recommendation"),
)
HOURS = 24
EXACT = "otio"  # the format whose markers can stand at milliseconds


@require_safe
@requires(Capability.VIEW_UNRELEASED)
def export(request: BrandRequest, version_id: UUID, kind: str) -> HttpResponseBase:
    """The file, made while it is sent. `hour` is the hour of the timecode that the timeline begins at."""
    version = review_comments.version_of(request, version_id)
    if kind == CSV:
        pieces, content_type = _table(version, to=request.principal), "text/csv; charset=utf-8"
    elif kind in FORMATS and (clip := clip_of(version)) is not None:
        marks = _marks(version, to=request.principal)
        if clip.is_sound and kind != EXACT:
            clip, marks = counted_in(clip, marks, rate=_rate(request))
        content_type = FORMATS[kind].content_type
        pieces = FORMATS[kind].pieces(clip, marks, hour=_hour(request))
    else:
        raise Http404(_("These comments can't be exported like this."))
    response = StreamingHttpResponse(streamed.sent(pieces), content_type=content_type)
    name = filenames.for_disk(f"{version.asset.title} v{version.number} comments.{kind}")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


def clip_of(version: Version) -> Clip | None:
    """What markers stand on; None where there is no time. A sound's frames are milliseconds."""
    rate, count = places.rate(version), places.count(version)
    if rate is None or not count:
        return None
    size = (version.width or 0, version.height or 0)
    sound = version.kind == AssetKind.SOUND
    return Clip(version.asset.title, version.filename, rate, count, *size, is_sound=sound)


def _rate(request: BrandRequest) -> Fraction:
    """That of the timeline which a sound's markers are for."""
    asked = numbers.read(request.GET.get("rate", ""), digits=2)
    return Fraction(asked if asked in SOUND_RATES else SOUND_RATES[1])


def _hour(request: BrandRequest) -> int:
    hour = numbers.read(request.GET.get("hour", ""), digits=2) or 0
    return hour if hour < HOURS else 0


def _rows(version: Version) -> Iterator[list[Comment]]:
    """The comments in the order in which they came, some hundred at a time."""
    rows = comments.shown().filter(version=version).order_by("pk")
    rows = rows.select_related("author", "resolved_by", "assigned_to").prefetch_related("attachments")
    last = 0
    while page := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = page[-1].pk
        yield page


def _table(version: Version, *, to: Principal) -> Iterator[str]:
    under_way = passages.of(version)
    yield sheets.MARK + sheets.written([COLUMNS])
    for page in _rows(version):
        clips = linking.clips((comment.body for comment in page), to=to)
        yield sheets.written(_cells(comment, version, under_way, clips) for comment in page)
    said = remarks.of_version(version).order_by("pk")
    last = 0
    while found := list(said.filter(pk__gt=last)[:CHUNK]):
        last = found[-1].pk
        clips = linking.clips((remark.body for remark in found), to=to)
        yield sheets.written(_outside(remark, version, under_way, clips) for remark in found)
    yield sheets.written(_advice(advice, under_way) for advice in remarks.advice_on(version))


def _outside(
    remark: GuestRemark, version: Version, under_way: list[Passage], clips: Clips
) -> Iterable[object]:
    """What somebody from outside said, or was answered; `guest-1` is its key."""
    drawing = None if remark.deleted_at else remark.drawing
    said = {
        "id": f"guest-{remark.pk}",
        "reply_to": f"guest-{remark.parent_id}" if remark.parent_id else "",
        "frame": remark.frame,
        "timecode": _timecode(remark.frame, version),
        "end_frame": remark.end_frame,
        "end_timecode": _timecode(remark.end_frame, version),
        "person": remark.by,
        "comment": "" if remark.deleted_at else clips.kept(remark.body),
        "drawing": "yes" if drawing else "",
        "written_in_drawing": drawings.words(drawing),
        "stage": filtering.stage_at(remark.created_at, under_way),
        "created_at": remark.created_at.isoformat(),
        "edited_at": remark.edited_at and remark.edited_at.isoformat(),
        "deleted_at": remark.deleted_at and remark.deleted_at.isoformat(),
        "attachments": ""
        if remark.deleted_at
        else "\n".join(each.filename for each in remark.attachments.all()),
        "links": ""
        if remark.deleted_at
        else "\n".join(f"{clip.title}: {clip.url}" for clip in clips.of(remark.body)),
        "outside_reviewer": "yes" if remark.link_id else "",
    }
    return [said.get(column, "") for column in COLUMNS]


def _advice(advice: GuestAdvice, under_way: list[Passage]) -> Iterable[object]:
    """What somebody from outside recommends: "approve", "changes" or "reject"; `advice-1` is its key."""
    said = {
        "id": f"advice-{advice.pk}",
        "person": str(advice.link),
        "comment": advice.words,
        "stage": filtering.stage_at(advice.created_at, under_way),
        "created_at": advice.created_at.isoformat(),
        "outside_reviewer": "yes",
        "recommendation": advice.kind,
    }
    return [said.get(column, "") for column in COLUMNS]


def _cells(comment: Comment, version: Version, under_way: list[Passage], clips: Clips) -> Iterable[object]:
    deleted = comment.deleted_at is not None
    drawing = None if deleted else comment.drawing
    times = (comment.created_at, comment.edited_at, comment.deleted_at, comment.resolved_at)
    return (
        comment.pk,
        comment.parent_id,
        comment.frame,
        _timecode(comment.frame, version),
        comment.end_frame,
        _timecode(comment.end_frame, version),
        comment.author,
        "" if deleted else clips.kept(comment.body),
        "yes" if drawing else "",
        drawings.words(drawing),
        filtering.stage_at(comment.created_at, under_way),
        *(time and time.isoformat() for time in times),
        comment.resolved_by,
        comment.resolved_in,
        comment.assigned_to,
        comment.due_at and comment.due_at.isoformat(),
        "" if deleted else "\n".join(each.filename for each in comment.attachments.all()),
        "" if deleted else "\n".join(f"{clip.title}: {clip.url}" for clip in clips.of(comment.body)),
        "",
        "",
    )


def _timecode(frame: int | None, version: Version) -> str:
    clip = clip_of(version)
    if frame is None or clip is None:
        return ""
    return timecode.clock(frame, places=3) if clip.is_sound else timecode.smpte(frame, rate=clip.rate)


def _marks(version: Version, *, to: Principal) -> Iterator[Mark]:
    for page in _rows(version):
        clips = linking.clips((comment.body for comment in page), to=to)
        for comment in page:
            if comment.parent_id is None and comment.frame is not None and comment.deleted_at is None:
                words = (
                    clips.told(comment.body) or drawings.words(comment.drawing) or comments.headline(comment)
                )
                frames = (comment.end_frame or comment.frame) - comment.frame + 1
                yield Mark(comment.frame, str(comment.author), words, comment.resolved_at is not None, frames)
