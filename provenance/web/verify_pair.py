"""Two files that somebody has compared on the public verify page. No account, nothing kept."""

from csp.decorators import csp_update
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.ingest import filenames
from dam.web import htmx
from provenance.manifests import public_checks, public_comparisons
from provenance.manifests.public_checks import PublicCheck
from provenance.manifests.public_comparisons import Pair
from provenance.web import compared_files, compared_origin, credentials_summary

Files = tuple["UploadedFile[bytes]", "UploadedFile[bytes]"]
_with_images_at_hand = csp_update({"img-src": ["blob:"]})  # shown from the disk of whoever compares them


def given(request: HttpRequest) -> Files | None:
    """The two files that came together; None where others came, or one is the other's sidecar."""
    files = request.FILES.getlist("file")
    if len(files) != 2 or any((each.name or "").lower().endswith(".c2pa") for each in files):
        return None
    return files[0], files[1]


def problem(files: Files) -> str:
    """Why they can't be taken, or nothing. Raises ChecksAway."""
    sizes = [file.size or 0 for file in files]
    if not all(sizes):
        return _("One of the files is empty. Choose another.")
    if sum(sizes) > settings.VERIFY_MAX_BYTES:
        return _("Together the files are %(size)s; this page takes up to %(most)s.") % {
            "size": filesizeformat(sum(sizes)),
            "most": filesizeformat(settings.VERIFY_MAX_BYTES),
        }
    if not public_checks.has_room(sum(sizes)):
        return _("The server is out of disk space. Try again later.")
    return ""


def submit(files: Files) -> HttpResponse:
    """Raises ChecksAway."""
    one, two = ((file, filenames.clean(file.name or "file")) for file in files)
    return redirect("verify-compared", public_comparisons.submit((one, two)).id)


@never_cache
@require_safe
def result(request: HttpRequest, pair_id: str) -> HttpResponseBase:
    """What was found, or that it is on its way: the page asks again by itself."""
    try:
        return _with_images_at_hand(lambda request: _result(request, pair_id))(request)
    except public_checks.ChecksAway:
        if htmx.is_htmx(request):
            waiting = Pair(id=pair_id, files=("", ""), at=timezone.now())
            return render(request, "verify/_compared.html", {"pair": waiting, "pending": True})
        return render(request, "verify/away.html", {"area": "verify"}, status=503)


def _result(request: HttpRequest, pair_id: str) -> HttpResponse:
    now = timezone.localtime()
    pair = public_comparisons.find(pair_id, at=timezone.now())
    both = public_comparisons.checks_of(pair) if pair else []
    if pair is None or len(both) != 2:
        return render(request, "verify/gone.html", {"area": "verify"}, status=404)
    pending = pair.state in (public_checks.WAITING, public_checks.CHECKING)
    context = {"area": "verify", "pair": pair, "pending": pending}
    if pair.found is not None:
        pictures = [public_checks.pictures_of(check, at=now) for check in both]
        hashes = [each.sha256 if each else "" for each in pictures]
        context |= {
            "sides": list(zip(compared_files.NAMES, both, map(_verdict, both), strict=True)),
            "origins": compared_origin.of(both, at=now),
            "compared": compared_files.of(pair.found, both, exact=bool(hashes[0]) and hashes[0] == hashes[1]),
        }
    fragment = htmx.is_htmx(request)
    response = render(request, "verify/_compared.html" if fragment else "verify/compared.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _verdict(check: PublicCheck) -> credentials_summary.CredentialsVerdict | None:
    if check.report is None:
        return None
    return credentials_summary.verdict(credentials_summary.said(check.report), at=timezone.localtime())


@never_cache
@require_POST
def cancel(request: HttpRequest, pair_id: str) -> HttpResponse:
    """Delete both files now. Whoever knows the address may: it can't be guessed."""
    try:
        pair = public_comparisons.cancel(pair_id)
    except public_checks.ChecksAway:
        return redirect("verify-compared", pair_id)  # which tries again, and is asked from there once more
    if pair is None:
        return render(request, "verify/gone.html", {"area": "verify"}, status=404)
    if htmx.is_htmx(request):
        return _result(request, pair_id)
    return redirect("verify-compared", pair_id)
