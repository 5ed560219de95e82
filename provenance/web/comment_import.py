"""Markers of editing programs, or a CSV, as comments of a version: looked at, imported, taken back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.catalog.models import AssetKind, Version
from dam.core import foreign_text, numbers
from dam.core.errors import Refused
from dam.core.language import number
from dam.core.lazily import lazy
from dam.rights import visibility
from dam.web import asset_version, timecode
from dam.web.decorators import BrandRequest, requires
from dam.web.templatetags.ui_tags import UNDO_IMPORT, fps
from provenance.review import comments, importing, places
from provenance.review.corrections import CommentKept
from provenance.review.importing import Remark, Source, TakenBack
from provenance.review.models import CommentImport
from provenance.web import review_comments
from provenance.web.marker_files import SOUND_RATES
from provenance.web.marker_reading import reading
from provenance.web.marker_reading.places import Left, Read, Reason
from provenance.web.marker_reading.reading import Found

SALT = "provenance.comment-import"
SECONDS = 24 * 3600  # what was read is imported on the day it was looked at
LAST = 10  # imports that can be taken back, on the page
SAME_RATE = Fraction(1, 100)  # frames a second: 23.976 and 24000/1001 are one, 23.976 and 24 are not
KINDS = {"edl": "EDL", "fcpxml": "FCPXML", "otio": "OpenTimelineIO", "csv": "CSV"}
REASONS = {
    Reason.OUTSIDE: lazy("Outside this clip"),
    Reason.NO_WORDS: lazy("No words"),
    Reason.NO_PLACE: lazy("No time that fits this clip's frame rate"),
    Reason.ANSWER: lazy("Replies aren't imported"),
    Reason.DELETED: lazy("Deleted by its author"),
    Reason.OTHER_TIMELINE: lazy("On another timeline of the file"),
    Reason.TOO_LONG: lazy("Longer than a comment can be"),
    Reason.THERE: lazy("Already on this version"),
}


class FileForm(forms.Form):
    file = forms.FileField(
        label=lazy("File"),
        allow_empty_file=False,
        widget=forms.FileInput(attrs={"accept": ".edl,.fcpxml,.otio,.csv,.tsv,.txt,.xml,.json"}),
        help_text=lazy("EDL, FCPXML, OpenTimelineIO or CSV, with at most 500 markers and 2 MB."),
    )
    hour = forms.ChoiceField(
        label=lazy("Timecode of the timeline begins at"),
        required=False,
        choices=[
            ("", lazy("Detect automatically")),
            *((str(hour), f"{hour:02}:00:00:00") for hour in range(24)),
        ],
        help_text=lazy("For files that say places by timecode: EDL, and CSV of other programs."),
    )
    rate = forms.ChoiceField(
        label=lazy("Frames a second of the timeline"),
        required=False,
        initial=SOUND_RATES[1],
        choices=[(rate, str(rate)) for rate in SOUND_RATES],
        help_text=lazy(
            "Timecode counts frames, which sound doesn't have: in EDL, and CSV of other programs."
        ),
    )


@dataclass(frozen=True)
class Kept:
    """What the page of a file sends on, signed: nothing of it is changed on the way."""

    source: Source
    remarks: list[Remark]


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def page(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """Choosing a file; and, once it is sent, what was read in it. Nothing is changed."""
    version = review_comments.version_of(request, version_id)
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if request.method == "POST" and form.is_valid():
        sent, hour = form.cleaned_data["file"], numbers.read(form.cleaned_data["hour"], digits=2)
        try:
            # A byte too many, so that it is refused.
            content = sent.read(reading.MOST_BYTES + 1)
            rate, frames = places.rate(version), places.count(version)
            coded = (
                Fraction(form.cleaned_data["rate"] or SOUND_RATES[1])
                if version.kind == AssetKind.SOUND
                else None
            )
            found = reading.read(content, rate=rate, frames=frames, hour=hour, coded=coded)
        except Refused as refused:
            form.add_error("file", refused.message)
        else:
            return _looked_at(request, version, found, name=sent.name, coded=coded)
    return _form(request, version, form)


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def add(request: BrandRequest, version_id: UUID) -> HttpResponse:
    """What was chosen of it is imported; what came to be there meanwhile isn't doubled."""
    version = review_comments.version_of(request, version_id)
    try:
        kept = _opened(request, version)
        chosen = set(numbers.read_all(request.POST.getlist("row")))
        remarks = [remark for index, remark in enumerate(kept.remarks) if index in chosen]
        if not remarks:
            return _chosen_again(request, version, kept)
        done = importing.add_all(version, remarks, kept.source, by=request.principal)
    except signing.BadSignature:
        gone = _("What was read from the file is gone. Choose the file again.")
        return _form(request, version, FileForm(), problem=gone)
    except comments.CommentRefused as refused:
        return _form(request, version, FileForm(), problem=refused.message)
    count = done.comments.count()
    if count:
        said = ngettext("%(count)s comment was imported.", "%(count)s comments were imported.", count)
        tags = f"{UNDO_IMPORT}{done.pk}"
        messages.success(request, said % {"count": number(count)}, extra_tags=tags)
    else:
        messages.info(request, _("These comments are on this version already. Nothing was imported."))
    return redirect(asset_version.address(version, tab="review"))


@require_POST
@requires(Capability.COMMENT, Capability.VIEW_UNRELEASED)
def undo(request: BrandRequest, import_id: UUID) -> HttpResponse:
    """Take back all that was imported together, but what others count on."""
    rows = CommentImport.objects.select_related("version__asset", "version__brand")
    seen = visibility.visible_versions(request.principal)
    done = get_object_or_404(rows.filter(version__in=seen), pk=import_id)
    try:
        taken = importing.undo(done, by=request.principal)
    except CommentKept as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _told(taken))
    return redirect(asset_version.address(done.version, tab="review"))


def _told(taken: TakenBack) -> str:
    gone = ngettext(
        "%(count)s imported comment was removed.", "%(count)s imported comments were removed.", taken.gone
    ) % {"count": number(taken.gone)}
    if not taken.kept:
        return gone
    stays = ngettext(
        "%(count)s stays, because it was answered, resolved, assigned, edited or shown to guests.",
        "%(count)s stay, because they were answered, resolved, assigned, edited or shown to guests.",
        taken.kept,
    ) % {"count": number(taken.kept)}
    return f"{gone} {stays}"


def _form(request: BrandRequest, version: Version, form: FileForm, *, problem: str = "") -> HttpResponse:
    imports = importing.undoable(version, by=request.principal)[:LAST]
    context = {**_page(version), "form": form, "problem": problem, "imports": imports}
    return render(request, "review/import.html", context, status=422 if form.errors or problem else 200)


def _page(version: Version) -> dict[str, Any]:
    return {"area": "library", "version": version, "back": asset_version.address(version, tab="review")}


def _looked_at(
    request: BrandRequest, version: Version, found: Found, *, name: str, coded: Fraction | None
) -> HttpResponse:
    person = str(principals.person(request.principal))
    remarks = [remark_of(mark, person=person) for mark in found.marks]
    fit = [each for each in remarks if len(each.body) <= comments.LONGEST]
    new, there = importing.Standing(version, to=request.principal).sort(fit)
    left = [
        *(_left(Reason.THERE, each, version) for each in there),
        *found.left,
        *(_left(Reason.TOO_LONG, each, version) for each in remarks if len(each.body) > comments.LONGEST),
    ]
    reasons = Counter(each.reason for each in left)
    kept = Kept(Source(uuid4(), foreign_text.line(name) or _("Unnamed file")), new)
    context = {
        **_rows(request, version, kept),
        "kind": KINDS[found.kind],
        "total": len(found.marks) + len(found.left),
        **_times(version, found, coded=coded),
        "left": len(left),
        "reasons": [(REASONS[reason], count) for reason, count in reasons.items()],
        "told": [(each.place, each.words, REASONS[each.reason]) for each in left],
    }
    return render(request, "review/import_read.html", context)


def _chosen_again(request: BrandRequest, version: Version, kept: Kept) -> HttpResponse:
    problem = _("No comments were selected. Select at least one, then import.")
    context = {**_rows(request, version, kept), "problem": problem}
    return render(request, "review/import_read.html", context, status=422)


def _rows(request: BrandRequest, version: Version, kept: Kept) -> dict[str, Any]:
    return {
        **_page(version),
        "name": kept.source.name,
        "new": len(kept.remarks),
        "rows": [(index, _span(each, version), each.body) for index, each in enumerate(kept.remarks)],
        "key": str(kept.source.key),
        "read": _sealed(request, version, kept),
    }


def _times(version: Version, found: Found, *, coded: Fraction | None) -> dict[str, Any]:
    """What the page says of the file's frame rate and timecode; a sound has no frames that could differ."""
    own = places.rate(version) if coded is None else None
    same = found.rate is not None and own is not None and abs(found.rate - own) < SAME_RATE
    return {
        "begins": "" if found.hour is None else f"{found.hour:02}:00:00:00",
        "own_rate": fps(own) if own else "",
        "code_rate": fps(coded) if coded else "",
        "file_rate": fps(found.rate) if found.rate and coded is None else "",
        "same_rate": same,
    }


def remark_of(mark: Read, *, person: str) -> Remark:
    """What is imported: the words, with their author's name before them where that is somebody else."""
    whole = f"{mark.person}: {mark.words}" if mark.person else mark.words
    body = mark.words if mark.person == person else whole.removeprefix(f"{person}: ")
    end = None if mark.frame is None or mark.frames == 1 else mark.frame + mark.frames - 1
    return Remark(mark.frame, end, body, whole, mark.is_cut)


def _left(reason: Reason, remark: Remark, version: Version) -> Left:
    return Left(reason, _span(remark, version), remark.body)


def _sealed(request: BrandRequest, version: Version, kept: Kept) -> str:
    facts: Sequence[Any] = (str(kept.source.key), kept.source.name, [asdict(each) for each in kept.remarks])
    return signing.dumps(facts, salt=_salt(request, version), compress=True)


def _opened(request: BrandRequest, version: Version) -> Kept:
    """Raises BadSignature for what isn't this person's, this version's, or of today."""
    text = request.POST.get("read", "")
    key, name, remarks = signing.loads(text, salt=_salt(request, version), max_age=SECONDS)
    return Kept(Source(UUID(key), name), [Remark(**each) for each in remarks])


def _salt(request: BrandRequest, version: Version) -> str:
    return f"{SALT}:{version.pk}:{principals.person(request.principal).pk}"


def _span(remark: Remark, version: Version) -> str:
    first, last = _place(remark.frame, version), _place(remark.end_frame, version)
    return f"{first} – {last}" if last else first


def _place(frame: int | None, version: Version) -> str:
    rate = places.rate(version)
    return "" if frame is None or rate is None else timecode.at(frame, rate=rate)
