"""C2PA's Soft Binding Resolution API: from a watermark or a file to the Content Credentials. Anybody may ask.

It tells programs which manifests belong to a file that the verify page is sure of, and counts against the
same hourly limit.
"""

import json
import time
from collections.abc import Iterable, Mapping
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dam.core import database
from dam.core.errors import Refused
from dam.web import clients
from dam.web.admission import COUNTED, REFUSED
from dam.web.problem_details import problem
from provenance.downloads import known_files
from provenance.manifests import claims, fetched_addresses, public_checks
from provenance.manifests.fetched_addresses import NotFetched
from provenance.manifests.public_checks import PublicCheck
from provenance.releases import soft_bindings
from provenance.releases.soft_bindings import Match

MOST_RESULTS = 10
LONGEST_VALUE = 64  # characters
WAIT, EVERY = 30.0, 0.3  # seconds: for a worker's answer, and between two looks
STATUS = {public_checks.TooManyChecks.code: 429, public_checks.NoRoom.code: 507}


@never_cache
@require_safe
def algorithms(request: HttpRequest) -> HttpResponse:
    """What soft bindings can be asked by."""
    return JsonResponse({"watermarks": [{"alg": claims.WATERMARK_ALGORITHM}], "fingerprints": []})


@never_cache
@csrf_exempt  # it changes nothing, and knows nobody
@require_http_methods(["GET", "HEAD", "POST"])
def by_binding(request: HttpRequest) -> HttpResponse:
    """The manifests that a watermark's value leads to."""
    if refused := _count(request):  # also what can't be read: it is work, too
        return refused
    asked: Mapping[str, Any] = request.GET
    if request.method == "POST":
        try:
            asked = json.loads(request.body)
        except (ValueError, RecursionError):
            asked = {}
    if not isinstance(asked, Mapping):
        asked = {}
    value = asked.get("value")
    if not isinstance(value, str) or not value or len(value) > LONGEST_VALUE:
        return problem(400, "no_value", _("Send the value of the soft binding, in Base64."))
    if asked.get("alg") != claims.WATERMARK_ALGORITHM:
        return problem(400, "unknown_algorithm", _("This algorithm isn't known here."))
    identifier = claims.watermark_of(value)
    if identifier is None:
        return problem(400, "no_value", _("Send the value of the soft binding, in Base64."))
    return _answer(soft_bindings.by_watermark(identifier, at=timezone.now()), asked)


@never_cache
@csrf_exempt  # it changes nothing, and knows nobody
@require_POST
def by_content(request: HttpRequest) -> HttpResponse:
    """The manifests that a file leads to: by its bytes or its pictures, or by its watermark.

    The body is the file. It is checked by the worker of the verify page, and kept no longer.
    """
    refused: Refused | None = request.scope.get(REFUSED) if hasattr(request, "scope") else None
    if refused is not None:
        return _refused(refused)
    if not getattr(request, "scope", {}).get(COUNTED) and (limited := _count(request)):
        return limited
    with TemporaryFile() as file:
        size = 0
        while part := request.read(1024 * 1024):
            size += len(part)
            file.write(part)
        if not size or size > settings.VERIFY_MAX_BYTES:
            return problem(400, "no_content", _("Send a file of a size that the verify page takes."))
        file.seek(0)
        try:
            submission = public_checks.submit(File(file, name="file"), filename="file")
        except Refused as away:
            return _refused(away)
    return _once_checked(submission, request.GET)


@never_cache
@csrf_exempt  # it changes nothing, and knows nobody
@require_POST
def by_reference(request: HttpRequest) -> HttpResponse:
    """The manifests that the file at an address leads to, `referenceUrl` in JSON: as by_content.

    The worker of the verify page fetches it, from public places alone, and keeps nothing.
    """
    if not settings.VERIFY_ADDRESSES:
        return problem(404, "no_addresses", _("Addresses aren't taken here. Send the file itself."))
    if refused := _count(request):
        return refused
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        asked = {}
    given = asked.get("referenceUrl") if isinstance(asked, Mapping) else None
    try:
        address = fetched_addresses.require(given if isinstance(given, str) else "")
        submission = public_checks.submit_address(address, filename=fetched_addresses.name_of(address))
    except NotFetched as wrong:
        return problem(400, "no_address", _(str(wrong)))
    except Refused as away:
        return _refused(away)
    return _once_checked(submission, {**request.GET.dict(), **asked})


def _once_checked(submission: PublicCheck, asked: Mapping[str, Any]) -> HttpResponse:
    """What it leads to, as soon as a worker has looked at it."""
    try:
        checked = _checked(submission)
        found = _found(checked)
    except Refused as away:
        return _refused(away)
    if checked.problem:
        return problem(422, "not_fetched", _(checked.problem))
    if found is None:
        response = problem(503, "busy", _("The file couldn't be checked in time. Try again later."))
        response["Retry-After"] = "60"
        return response
    return _answer(found, asked)


@never_cache
@require_safe
def manifest(request: HttpRequest, manifest_id: str) -> HttpResponse:
    """A manifest store as it stands in the released file."""
    if refused := _count(request):
        return refused
    held = soft_bindings.manifest_store(manifest_id, at=timezone.now())
    if held is None:
        return problem(
            404, "no_manifest", _("There are no such Content Credentials here that can be given out.")
        )
    return HttpResponse(held, content_type="application/c2pa")


def _checked(submission: PublicCheck) -> PublicCheck:
    """The same, once a worker is done with it or nobody waits any longer. Raises ChecksAway."""
    database.release()
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        now = timezone.now()
        known = public_checks.find(submission.id, at=now)
        if known is None:
            return submission
        if known.state in public_checks.OVER and public_checks.pictures_of(known, at=now) is not None:
            return known
        time.sleep(EVERY)
    return submission


def _found(submission: PublicCheck) -> list[Match] | None:
    """The surest way that leads somewhere; None where nobody has looked. Raises ChecksAway.

    What a file only looks like is for people to compare: no manifest is given out for it.
    """
    if submission.state != public_checks.DONE:
        return None
    now = timezone.now()
    pictures = public_checks.pictures_of(submission, at=now)
    exact = known_files.release_of(submission.sha256, pictures.sha256 if pictures else "")
    ways: tuple[Iterable[tuple[int, int | None]], ...] = (
        [(exact, 100)] if exact is not None else [],
        [(each["release"], None) for each in public_checks.marked(submission)],
    )
    for way in ways:
        if found := soft_bindings.matches(way, at=now):
            return found
    return []


def _answer(found: Iterable[Match], asked: Mapping[str, Any]) -> JsonResponse:
    try:
        most = max(1, min(MOST_RESULTS, int(asked.get("maxResults") or MOST_RESULTS)))
    except (TypeError, ValueError, OverflowError):
        most = MOST_RESULTS
    rows = [
        {"manifestId": each.manifest} | ({} if each.score is None else {"similarityScore": each.score})
        for each in found
    ]
    return JsonResponse({"matches": rows[:most]})


def _count(request: HttpRequest) -> HttpResponse | None:
    """Count it against the sender's hour; the answer where that is used up."""
    try:
        public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)
    except Refused as refused:
        return _refused(refused)
    return None


def _refused(refused: Refused) -> HttpResponse:
    return problem(STATUS.get(refused.code, 503), refused.code, refused.message)
