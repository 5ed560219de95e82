"""The public verify page: anybody may ask what a file's credentials say. No account, nothing kept."""

import json
import logging
from typing import Any

from csp.constants import WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from dam.core import failures
from dam.core.errors import Refused
from dam.core.lazily import lazy
from dam.ingest import filenames
from dam.web import clients, htmx
from dam.web.admission import COUNTED, REFUSED
from provenance.downloads import known_files
from provenance.manifests import public_checks
from provenance.manifests.public_checks import Pictures
from provenance.manifests.verify import LARGEST_SIDECAR
from provenance.web import alike_release, credentials_summary, second_opinion, verify_address, verify_pair
from provenance.web.alike_release import AlikeRelease

# Of what was refused before its body was read; 503 for the rest.
STATUS = {public_checks.TooManyChecks.code: 429, public_checks.NoRoom.code: 507}

log = logging.getLogger(__name__)


class FileForm(forms.Form):
    file = forms.FileField(
        label=lazy("File"),
        error_messages={
            "required": lazy("Choose a file first."),
            "missing": lazy("Choose a file first."),
            "empty": lazy("This file is empty. Choose another file."),
            "max_length": lazy("The file name is too long. Shorten it and try again."),
        },
    )

    sidecar = forms.FileField(required=False, allow_empty_file=True)

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        size = file.size or 0
        if size > settings.VERIFY_MAX_BYTES:
            most = filesizeformat(settings.VERIFY_MAX_BYTES)
            raise forms.ValidationError(
                _(
                    "The file is %(size)s; this page takes up to %(most)s. Larger ones can be "
                    "verified on the command line: manage.py verify."
                )
                % {"size": filesizeformat(size), "most": most}
            )
        if not public_checks.has_room(size):
            raise forms.ValidationError(_("The server is out of disk space. Try again later."))
        return file

    def clean_sidecar(self) -> "UploadedFile[bytes] | None":
        file: UploadedFile[bytes] | None = self.cleaned_data["sidecar"]
        if file is not None and (file.size or 0) > LARGEST_SIDECAR:
            most = filesizeformat(LARGEST_SIDECAR)
            raise forms.ValidationError(_("A .c2pa file can have up to %(most)s.") % {"most": most})
        return file


def _given(request: HttpRequest) -> "dict[str, UploadedFile[bytes]]":
    """The files by their fields: of two that came together, the one that ends with .c2pa is the sidecar."""
    files = request.FILES.getlist("file")
    sidecars = [each for each in files if (each.name or "").lower().endswith(".c2pa")]
    if len(files) == 2 and len(sidecars) == 1:
        [file] = [each for each in files if each is not sidecars[0]]
        return {"file": file, "sidecar": sidecars[0]}
    return {"file": files[-1]} if files else {}


@never_cache
@csp_update({"script-src": [WASM_UNSAFE_EVAL], "img-src": ["blob:"]})  # images that are compared stay here
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """The form, and the file that comes from it."""
    refused: Refused | None = _scope(request).get(REFUSED)
    if refused is not None:  # before its body was read
        form = FileForm({})
        form.errors.clear()
        form.add_error(None, refused.message)
        return _form(request, form, status=STATUS.get(refused.code, 503))
    if request.method != "POST":
        return _form(request, FileForm())
    form = FileForm(request.POST, MultiValueDict({name: [file] for name, file in _given(request).items()}))
    pair = verify_pair.given(request)
    if pair is None and len(request.FILES.getlist("file")) > len(_given(request)):
        form.add_error("file", _("Choose one file, two files to compare, or one file and its .c2pa file."))
    try:
        return _submit(request, form) if pair is None else _submit_pair(request, pair)
    except public_checks.ChecksAway as away:
        log.warning("A file could not be taken for verification.", exc_info=True)
        form.add_error(None, f"{away.title}. {away.message}")
        return _form(request, form, status=503)


def before_reading(request: HttpRequest, *, size: int) -> None:
    """Count a file of about `size` bytes before it is read (dam.web.admission).

    Raises TooManyChecks, NoRoom, ChecksAway.
    """
    public_checks.require_room(size)
    public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)


def _scope(request: HttpRequest) -> dict[str, Any]:
    """Of the ASGI request; empty where there is none."""
    return getattr(request, "scope", {})


def _submit(request: HttpRequest, form: FileForm) -> HttpResponse:
    if not form.is_valid():
        return _form(request, form, status=422)
    try:
        _admit(request, files=1)
    except public_checks.TooManyChecks as refused:
        form.add_error(None, refused.message)
        return _form(request, form, status=429)
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    submission = public_checks.submit(
        file, filename=filenames.clean(file.name or "file"), sidecar=form.cleaned_data["sidecar"]
    )
    return redirect("verify-result", submission.id)


def _submit_pair(request: HttpRequest, pair: verify_pair.Files) -> HttpResponse:
    form = FileForm({})
    form.errors.clear()
    problem = verify_pair.problem(pair)
    if problem:
        form.add_error("file", problem)
        return _form(request, form, status=422)
    try:
        _admit(request, files=2)
    except public_checks.TooManyChecks as refused:
        form.add_error(None, refused.message)
        return _form(request, form, status=429)
    return verify_pair.submit(pair)


def _admit(request: HttpRequest, *, files: int) -> None:
    """Count so many files, but for the one that was counted before it was read.

    Raises TooManyChecks, ChecksAway.
    """
    for _each in range(files - bool(_scope(request).get(COUNTED))):
        public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)


@never_cache
@require_safe
def result(request: HttpRequest, submission_id: str) -> HttpResponse:
    """The verdict, or that it is on its way: the page asks again by itself."""
    try:
        submission = public_checks.find(submission_id, at=timezone.now())
    except public_checks.ChecksAway:
        return _away(request, submission_id)
    if submission is None:
        return render(request, "verify/gone.html", {"area": "verify"}, status=404)
    report = credentials_summary.said(submission.report) if submission.report else None
    now = timezone.localtime()
    pictures: Pictures | None = Pictures()
    release = known_files.by_bytes(submission.sha256, at=now) if report else None
    if report and release is None:
        try:
            pictures = public_checks.pictures_of(submission, at=now)
        except public_checks.ChecksAway:
            return _away(request, submission_id)
        release = known_files.by_pictures(pictures.sha256, at=now) if pictures else None
    alike: AlikeRelease | None = None
    if report and release is None and pictures is not None:
        try:
            marked = alike_release.marked(public_checks.marked(submission), at=now)
            alike = marked or alike_release.of(public_checks.alike(submission), at=now)
        except public_checks.ChecksAway:
            return _away(request, submission_id)
    fragment = htmx.is_htmx(request)
    if fragment and pictures is None and "compared" in request.GET:
        return HttpResponse(status=204)
    context = {
        "area": "verify",
        "submission": submission,
        "problem": failures.shown(submission.problem) if submission.problem else "",
        "pending": submission.state in (public_checks.WAITING, public_checks.CHECKING),
        "report": report,
        "release": release,
        "alike": alike,
        "comparing": pictures is None,
        "skipped": pictures is not None and pictures.skipped,
        "verdict": (
            credentials_summary.verdict(
                report, release=release, at=now, beside=submission.sidecar or submission.kept_sidecar
            )
            if report
            else None
        ),
        "second": second_opinion.of(submission.second, state=report["state"]) if report else None,
        "chain": credentials_summary.chain(report) if report else [],
        "raw": json.dumps(report["raw"], indent=2, ensure_ascii=False) if report and report["raw"] else "",
    }
    response = render(request, "verify/_result.html" if fragment else "verify/result.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _away(request: HttpRequest, submission_id: str) -> HttpResponse:
    """The verdict is out of reach for a moment: a page that waits for it goes on asking."""
    waiting = public_checks.PublicCheck(id=submission_id, filename="", size=0, at=timezone.now())
    if htmx.is_htmx(request):
        return render(request, "verify/_result.html", {"submission": waiting, "pending": True})
    return render(request, "verify/away.html", {"area": "verify"}, status=503)


def _form(request: HttpRequest, form: FileForm, *, status: int = 200) -> HttpResponse:
    context = {
        **verify_address.context(),
        "area": "verify",
        "form": form,
        "most": settings.VERIFY_MAX_BYTES,
        "verdicts": credentials_summary.possible(),
    }
    return render(request, "verify/verify.html", context, status=status)
