"""A brief that is filled in from a signed clip, which is read as on the verify page, and then deleted."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dam.accounts import principals
from dam.accounts.capabilities import Capability
from dam.accounts.principals import Principal
from dam.core import errors
from dam.core.lazily import lazy
from dam.ingest import filenames
from dam.rights.visibility import visible_versions
from dam.web import htmx, problem_details
from dam.web.decorators import BrandRequest, requires
from generation import briefs, clip_briefs, sources
from generation.briefs import Source
from generation.clip_briefs import ClipBrief
from generation.generators import modes
from generation.generators.base import Capabilities
from generation.generators.modes import Mode
from generation.model_register import InstalledGenerator
from generation.models import GenerationJob
from generation.web.forms import REGION, Begun
from provenance.manifests import public_checks
from provenance.manifests.public_checks import PublicCheck


class ClipForm(forms.Form):
    file = forms.FileField(
        label=lazy("File"),
        error_messages={
            "required": lazy("Choose a file first."),
            "missing": lazy("Choose a file first."),
            "empty": lazy("This file is empty. Choose another file."),
            "max_length": lazy("The file name is too long. Shorten it and try again."),
        },
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.VERIFY_MAX_BYTES:
            sizes = {
                "size": filesizeformat(file.size or 0),
                "most": filesizeformat(settings.VERIFY_MAX_BYTES),
            }
            raise forms.ValidationError(_("The file is %(size)s; up to %(most)s can be read here.") % sizes)
        return file


@dataclass(frozen=True)
class FilledIn:
    """What a brief begins with, of a clip that was read. `job` is the take that made it, if it was here."""

    filename: str
    clip: ClipBrief
    job: GenerationJob | None
    sources: tuple[Source, ...]

    def begun(self, capabilities: Capabilities) -> Begun:
        """What of it the form can hold."""
        clip = self.clip
        mode = clip.mode if clip.mode in capabilities.modes else None
        typed: dict[str, Any] = {"prompt": clip.prompt, "seed": clip.seed, "keep_seed": clip.seed is not None}
        if clip.steps is not None:
            typed["steps"] = min(clip.steps, capabilities.max_steps)
        if clip.guidance is not None:
            typed["guidance"] = max(clip.guidance, briefs.LOWEST_GUIDANCE)
        if clip.size in capabilities.sizes:
            typed["size"] = "{}x{}".format(*clip.size)
        if clip.frames in briefs.lengths(capabilities):
            typed["frames"] = clip.frames
        if clip.settings is not None:
            typed["strength"] = round(clip.settings.strength * 100)
            shares = zip(REGION, clip.settings.region, strict=True)
            typed |= {name: round(share * 100) for name, share in shares}
        return Begun(mode=mode or capabilities.usual_mode, sources=self.sources, typed=typed)

    def lacking(self, model: InstalledGenerator) -> Iterator[str]:
        """What couldn't be filled in, in sentences."""
        clip, can = self.clip, model.capabilities
        if self.job is None and clip.prompt_kept:
            yield _("The file has only a hash of its prompt, so write the prompt yourself.")
        elif self.job is None and not clip.prompt:
            yield _("The file doesn't say its prompt.")
        if clip.weights_sha256 != model.identity.weights_sha256:
            names = {"model": clip.model or _("another model"), "other": model.identity.name}
            yield _("It was made with %(model)s, which isn't used here. This brief is for %(other)s.") % names
        if clip.mode not in can.modes:
            yield _("This model can't make a clip in the way that this one was made.")
        if clip.size is None or clip.size not in can.sizes:
            yield _("Choose its aspect ratio yourself.")
        if clip.mode is not Mode.STILL and clip.frames not in briefs.lengths(can):
            yield _("Choose its length yourself.")
        missing = len(clip.sources) - len(self.sources)
        if missing > 0:
            yield ngettext(
                "A file that it was made from isn't in this library.",
                "%(count)s files that it was made from aren't in this library.",
                missing,
            ) % {"count": missing}


def filled_in(request: BrandRequest) -> FilledIn | None:
    """What the clip says that the address names; None where it names none, or one that is gone by now."""
    if not (key := request.GET.get("clip")):
        return None
    try:
        check = public_checks.find(key, at=timezone.now())
    except public_checks.ChecksAway:
        return None
    clip = clip_briefs.read(check.report) if check is not None and check.report else None
    if check is None or clip is None:
        return None
    by = request.principal
    job = None
    if clip.proven and clip.job is not None:
        job = GenerationJob.objects.filter(brand=by.brand, pk=clip.job).first()
    return FilledIn(check.filename, clip, job, _sources(by, clip))


def _sources(by: Principal, clip: ClipBrief) -> tuple[Source, ...]:
    """Those of the files it was made from that they see in the library, by their bytes."""
    hashes = [each.sha256 for each in clip.sources]
    if not hashes or clip.mode is None:
        return ()
    rows = visible_versions(by).filter(sha256__in=hashes, kind__in=list(sources.KINDS))
    found = {row.sha256: row for row in rows.select_related("asset")}
    made = (
        sources.of_version(found[each.sha256], role=each.role, at=each.at)
        for each in clip.sources
        if each.sha256 in found
    )
    slots = {slot.role: slot for slot in modes.slots(clip.mode)}
    return tuple(
        source
        for source in made
        if source is not None and source.role in slots and source.kind in slots[source.role].takes
    )


@requires(Capability.GENERATE)
@require_POST
def send(request: BrandRequest) -> HttpResponse:
    """Take the file in, for a worker to read."""
    form = ClipForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status=422, refused=str(form.errors["file"][0]))
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    try:
        public_checks.require_room(file.size or 0)
        sender = f"person:{principals.person(request.principal).pk}"
        public_checks.admit(sender, most=settings.VERIFY_PER_HOUR)
        check = public_checks.submit(file, filename=filenames.clean(file.name or "file"))
    except errors.Refused as refused:
        return _page(request, status=problem_details.status_of(refused), refused=refused.message)
    address = reverse("generate-clip", args=[request.brand.slug, check.id])
    return redirect(f"{address}?{urlencode({'asset': asset})}" if (asset := _target(request)) else address)


@requires(Capability.GENERATE)
@never_cache
@require_GET
def wait(request: BrandRequest, check_id: str) -> HttpResponse:
    """On to the brief once the file is read; until then the page asks again by itself."""
    try:
        check = public_checks.find(check_id, at=timezone.now())
    except public_checks.ChecksAway:
        return _page(request, pending=PublicCheck(id=check_id, filename="", size=0, at=timezone.now()))
    if check is None:
        status = 200 if htmx.is_htmx(request) else 404  # htmx swaps no error in
        return _page(request, status=status, refused=_("This file was read too long ago. Choose it again."))
    if check.state not in public_checks.OVER:
        return _page(request, pending=check)
    if not check.report:
        return _page(
            request, refused=_("The file couldn't be read right now. Choose it again in a few minutes.")
        )
    if clip_briefs.read(check.report) is None:
        return _page(request, nothing=check)
    asked = {"clip": check.id, **({"asset": asset} if (asset := _target(request)) else {})}
    address = f"{reverse('generate', args=[request.brand.slug])}?{urlencode(asked)}"
    return htmx.go_to(address) if htmx.is_htmx(request) else redirect(address)


def _target(request: BrandRequest) -> str:
    """The asset whose next version the brief is for, to be handed on; the studio asks whether it may be."""
    sent = request.POST if request.method == "POST" else request.GET
    try:
        return str(UUID(sent.get("asset", "")))
    except ValueError:
        return ""


def _page(
    request: BrandRequest,
    *,
    status: int = 200,
    refused: str = "",
    pending: PublicCheck | None = None,
    nothing: PublicCheck | None = None,
) -> HttpResponse:
    context = {
        "area": "generate",
        "refused": refused,
        "pending": pending,
        "nothing": nothing,
        "asset": _target(request),
        "most": settings.VERIFY_MAX_BYTES,
    }
    name = "generate/_clip.html" if htmx.is_htmx(request) else "generate/clip.html"
    return render(request, name, context, status=status)
