"""Many prompts at once: a list that is pasted or sent, how far it is, and its report as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.audit.export import harmless
from dam.core import failures, numbers
from dam.core.errors import Refused
from dam.core.language import number
from dam.core.lazily import lazy
from dam.ingest import filenames
from dam.web import streamed
from dam.web.decorators import BrandRequest, requires
from dam.web.whole_text import WholeTextForm
from generation import batches, briefs, chosen, kits, prompt_lists, quotas
from generation.batches import BatchSettings, LineState
from generation.generators.base import Capabilities, GeneratorError
from generation.generators.modes import Mode
from generation.models import BatchLine, PromptBatch
from generation.web import brief_kits
from generation.web import forms as brief_forms
from generation.web.brief_kits import KitOffer

PAGE, LINES = 20, 100
WRONG = 20  # lines that the form shows where none can be used
LABELS = {
    LineState.WAITING: lazy("Not queued yet"),
    LineState.QUEUED: lazy("Queued"),
    LineState.RUNNING: lazy("Generating"),
    LineState.DONE: lazy("Done"),
    LineState.FAILED: lazy("Failed"),
    LineState.CANCELLED: lazy("Cancelled"),
    LineState.REFUSED: lazy("Refused"),
    LineState.STOPPED: lazy("Stopped"),
    LineState.FORGOTTEN: lazy("No longer kept"),
}
TONES = {
    LineState.DONE: "tone-ok",
    LineState.FAILED: "tone-bad",
    LineState.REFUSED: "tone-bad",
    LineState.RUNNING: "tone-info",
}


class BatchForm(WholeTextForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=lazy("Name"),
        required=False,
        max_length=batches.LONGEST_NAME,
        help_text=lazy("What the list is for, such as “Spring, first ideas”."),
    )
    prompts = forms.CharField(
        label=lazy("Prompts"),
        required=False,
        strip=False,  # so that lines keep their numbers
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=lazy(
            "One per line, up to 500. Or CSV with the columns prompt and seed, or JSON with these keys."
        ),
    )
    file = forms.FileField(
        label=lazy("Or a file"),
        required=False,
        allow_empty_file=True,  # the list has the better sentence
        widget=forms.FileInput(attrs={"accept": ".txt,.csv,.tsv,.jsonl,.ndjson,.json"}),
    )
    makes = forms.ChoiceField(
        label=lazy("Make"),
        required=False,
        choices=[("", lazy("Clips")), (Mode.STILL.value, lazy("Still images"))],
        widget=forms.RadioSelect,
    )
    size = forms.ChoiceField(label=lazy("Aspect ratio"), widget=forms.RadioSelect)
    frames = forms.TypedChoiceField(label=lazy("Length"), coerce=int, widget=forms.RadioSelect)
    steps = forms.IntegerField(label=lazy("Steps"), min_value=1)
    guidance = forms.FloatField(
        label=lazy("Guidance"), min_value=briefs.LOWEST_GUIDANCE, max_value=briefs.HIGHEST_GUIDANCE
    )

    def __init__(
        self, *args: Any, capabilities: Capabilities, kit: KitOffer | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._capabilities, self._kit = capabilities, kit
        sizes = brief_kits.size_choices(capabilities, kit.kit.presets if kit is not None else ())
        lengths = brief_forms.length_choices(capabilities)
        self.fields["size"].choices = sizes  # type: ignore[attr-defined]
        self.fields["frames"].choices = lengths  # type: ignore[attr-defined]
        self.fields["steps"].validators.append(
            forms.IntegerField(max_value=capabilities.max_steps).validators[0]
        )
        if Mode.STILL not in capabilities.modes:
            del self.fields["makes"]
        for name in ("prompts", "file"):
            self.fields[name].unmarked = True  # type: ignore[attr-defined]  # one of them is wanted
        start = {
            "key": uuid4(),
            "size": sizes[0][0],
            "frames": lengths[-1][0],
            "steps": capabilities.default_steps,
            "guidance": capabilities.default_guidance,
        }
        self.initial.update(start)
        self.read: prompt_lists.PromptList | None = None
        self._text = ""  # of the file that was sent

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        sent, typed = given.get("file"), given.get("prompts") or ""
        if sent and typed.strip():
            self.add_error("file", _("Paste the prompts or choose a file, not both."))
            return given
        try:
            text = prompt_lists.decoded(sent.read(prompt_lists.MOST_BYTES + 1)) if sent else typed
            self._text = text if sent else ""
            self.read = prompt_lists.read(text)
        except Refused as refused:
            self.add_error("file" if sent else "prompts", refused.message)
        if not self.errors and self._kit is not None and self._kit.is_stale:
            self.add_error(None, brief_forms.KIT_CHANGED)
        return given

    def give_back(self) -> None:
        """Put what a file said where it can be sent again: a browser sends a file once that was chosen.

        For a form that was refused. Its name stays what it would have been.
        """
        if not self._text or "file" in self.errors:
            return
        said = cast(QueryDict, self.data).copy()
        said["prompts"] = self._text
        said["name"] = said.get("name") or PurePath(self.cleaned_data["file"].name).stem
        self.data = said

    def called(self) -> str:
        """The name that was typed, else the file's, else the first prompt; of a form that is valid."""
        given = self.cleaned_data
        file = PurePath(given["file"].name).stem if given.get("file") else ""
        first = next((line.prompt for line in self.read.lines), "") if self.read else ""
        return given["name"] or file or briefs.title_of(first) or _("Batch")

    def settings(self) -> BatchSettings:
        """Of a form that is valid."""
        given = self.cleaned_data
        wanted = map(int, given["size"].split("x"))
        width, height = briefs.nearest_size(self._capabilities, (next(wanted), next(wanted)))
        kit = asdict(self._kit.added) if self._kit is not None and self._kit.added else None
        mode = given.get("makes") or None
        return BatchSettings(given["frames"], width, height, given["steps"], given["guidance"], kit, mode)


@dataclass(frozen=True)
class Shown:
    """A line as the page shows it."""

    line: BatchLine
    state: LineState
    label: str
    tone: str
    reason: str
    asset: UUID | None
    can_be_edited: bool
    """Whether the prompt can be put into the brief, where it says what keeps it from being made."""


@require_safe
@requires(Capability.GENERATE)
def listing(request: BrandRequest) -> HttpResponse:
    """The person's batches, newest first."""
    before = _uuid(request.GET.get("before"))
    rows = batches.shown(request.principal)
    last = rows.filter(pk=before).first() if before else None
    if last is not None:
        rows = rows.filter(created_at__lte=last.created_at).exclude(
            created_at=last.created_at, pk__gte=last.pk
        )
    found = list(rows[: PAGE + 1])
    progress = batches.progress(found[:PAGE])
    context = {
        "area": "generate",
        "rows": [(batch, progress[batch.pk], _counts(progress[batch.pk])) for batch in found[:PAGE]],
        "any_open": any(each.ended < each.total for each in progress.values()),
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
        "going_back": last is not None,
    }
    return render(request, "generate/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Capability.GENERATE)
def add(request: BrandRequest) -> HttpResponse:
    try:
        capabilities = chosen.of(request.brand).capabilities
    except GeneratorError as error:
        away = {"area": "generate", "reason": str(error)}
        return render(request, "generate/no_model.html", away, status=503)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    kit = brief_kits.offer(request.brand, request.POST, usually=request.method != "POST")
    form = BatchForm(*sent, capabilities=capabilities, kit=kit)
    if request.method == "POST" and form.is_valid() and form.read is not None:
        try:
            batch = batches.create(
                by=request.principal,
                key=form.cleaned_data["key"],
                name=form.called(),
                prompts=form.read,
                settings=form.settings(),
            )
        except batches.BatchRefused as refused:
            form.add_error(None, refused.message)
        else:
            _tell(request, form.read)
            return redirect("prompt-batch", request.brand.slug, batch.pk)
    if "key" in form.errors:
        raise BadRequest(_("The form was incomplete."))
    form.give_back()
    wrong = form.read.wrong if form.read else ()
    context: dict[str, Any] = {
        "area": "generate",
        "form": form,
        "kit": kit,
        "whole": brief_kits.whole("…", kit.words if kit.words.adds else None),
        "wrong": wrong[:WRONG],
        "more_wrong": len(wrong) - WRONG,
    }
    return render(request, "generate/batch_new.html", context, status=422 if form.errors else 200)


@require_safe
@requires(Capability.GENERATE)
def one(request: BrandRequest, batch_id: UUID) -> HttpResponse:
    """How far it is, and its lines: a hundred at a time."""
    batch = _batch(request, batch_id)
    after = numbers.read(request.GET.get("after", "")) or 0
    lines = list(_lines(batch).filter(number__gt=after)[: LINES + 1])
    progress = batches.progress([batch])[batch.pk]
    context = {
        "area": "generate",
        "batch": batch,
        "whole": brief_kits.whole("…", kits.words_of(batch.settings.get("kit"))),
        "progress": progress,
        "counts": _counts(progress),
        "lines": [_shown(line, batch) for line in lines[:LINES]],
        "after": lines[LINES - 1].number if len(lines) > LINES else None,
        "going_on": bool(after),
        "open_now": progress.ended < progress.total,
        "can_go_on": batch.stopped_at is not None
        and bool(progress.counts[LineState.STOPPED] or progress.counts[LineState.CANCELLED]),
        "waits": bool(progress.counts[LineState.WAITING]),
    }
    if context["waits"]:
        context["held"] = quotas.refusal(request.brand, principals.person(request.principal))
    return render(request, "generate/batch.html", context)


@require_POST
@requires(Capability.GENERATE)
def stop(request: BrandRequest, batch_id: UUID) -> HttpResponse:
    """Ask for no more of it, and cancel what is open."""
    batch = _batch(request, batch_id)
    try:
        count = batches.stop(batch, by=request.principal)
    except batches.BatchEnded as ended:
        messages.info(request, ended.message)
    else:
        said = ngettext(
            "The batch was stopped, and %(count)s take was cancelled. Finished clips stay.",
            "The batch was stopped, and %(count)s takes were cancelled. Finished clips stay.",
            count,
        )
        messages.success(request, said % {"count": number(count)})
    return redirect("prompt-batch", request.brand.slug, batch.pk)


@require_POST
@requires(Capability.GENERATE)
def go_on(request: BrandRequest, batch_id: UUID) -> HttpResponse:
    """Ask again for what was stopped."""
    batch = _batch(request, batch_id)
    try:
        batches.go_on(batch, by=request.principal)
    except batches.NothingLeft as nothing:
        messages.info(request, nothing.message)
    except batches.BatchRefused as refused:
        messages.warning(request, refused.message)
    else:
        messages.success(request, _("The batch was continued. Takes that were cancelled keep their seeds."))
    return redirect("prompt-batch", request.brand.slug, batch.pk)


@require_safe
@requires(Capability.GENERATE)
def report(request: BrandRequest, batch_id: UUID) -> StreamingHttpResponse:
    """Each line with what became of it, as CSV: what was refused can be corrected and sent again."""
    batch = _batch(request, batch_id)
    response = StreamingHttpResponse(
        streamed.sent(_report(request, batch)), content_type="text/csv; charset=utf-8"
    )
    name = filenames.for_disk(f"{batch.name}.csv")
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


def _report(request: BrandRequest, batch: PromptBatch) -> Iterator[str]:
    yield "\ufeff" + _row("line", "prompt", "seed", "state", "reason", "clip")
    after = 0
    # The database is free while a piece is on its way, so that no cursor stays open.
    while lines := list(_lines(batch).filter(number__gt=after)[:LINES]):
        yield "".join(_reported(request, line, batch) for line in lines)
        after = lines[-1].number


def _reported(request: BrandRequest, line: BatchLine, batch: PromptBatch) -> str:
    shown = _shown(line, batch)
    clip = reverse("asset", args=[batch.brand.slug, shown.asset]) if shown.asset else ""
    seed = line.job.seed if line.job is not None else line.seed
    return _row(
        line.number,
        line.prompt,
        "" if seed is None else seed,
        shown.state.value,
        shown.reason,
        request.build_absolute_uri(clip) if clip else "",
    )


def _row(*cells: object) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([harmless(str(cell)) for cell in cells])
    return out.getvalue()


def _lines(batch: PromptBatch) -> QuerySet[BatchLine]:
    return BatchLine.objects.filter(batch=batch).select_related("job__version").order_by("number")


def _shown(line: BatchLine, batch: PromptBatch) -> Shown:
    state = batches.state_of(line, stopped=batch.stopped_at is not None)
    version = line.job.version if line.job is not None else None
    return Shown(
        line=line,
        state=state,
        label=str(LABELS[state]),
        tone=TONES.get(state, ""),
        reason=line.reason or (failures.shown(line.job.reason) if line.job is not None else ""),
        asset=version.asset_id if version is not None else None,
        can_be_edited=state in (LineState.REFUSED, LineState.FAILED) and bool(line.prompt),
    )


def _counts(progress: batches.Progress) -> list[tuple[str, int, str]]:
    """What there is of each state, in words."""
    return [(str(LABELS[s]), progress.counts[s], TONES.get(s, "")) for s in LineState if progress.counts[s]]


def _tell(request: BrandRequest, read: prompt_lists.PromptList) -> None:
    """What was left out of the list."""
    if read.wrong:
        said = ngettext(
            "%(count)s line couldn't be used. It's listed below with the reason.",
            "%(count)s lines couldn't be used. They're listed below with the reasons.",
            len(read.wrong),
        )
        messages.warning(request, said % {"count": number(len(read.wrong))})
    if read.ignored:
        names = ", ".join(read.ignored[:10])
        messages.info(request, _("Only prompt and seed are used. Ignored: %(names)s.") % {"names": names})


def _batch(request: BrandRequest, batch_id: UUID) -> PromptBatch:
    return get_object_or_404(batches.shown(request.principal).select_related("brand"), pk=batch_id)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
