"""Verifying a file in the browser, which sends nothing of it: what that takes, and the look-up of a hash."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dam.core.errors import Refused
from dam.rights import territories
from dam.rights.countries import NAMES
from dam.web import clients
from dam.web.usage_status import USES
from provenance.downloads import known_files
from provenance.manifests import browser_rules, public_checks, verify
from provenance.web import alike_release, credentials_summary

SHA256 = re.compile(r"[0-9a-f]{64}")


@never_cache  # it is in the reader's language
@require_safe
def reader(request: HttpRequest) -> HttpResponse:
    """How a browser reads a file as this server does: addresses, trust lists, and what the codes mean."""
    reading, anchors = verify.house_settings()
    rules = browser_rules.rules(settings=reading, anchors=anchors, say=gettext)
    addresses = {
        "worker": static("dam/js/credentials/worker.js"),
        "wasm": static("vendor/c2pa_bg.wasm"),
        "hashing": static("dam/js/uploads/hashing.js"),
    }
    names = {
        "uses": {use: str(name) for use, name in USES.items()},
        "places": {place: territories.name_of(place) for place in (territories.WORLDWIDE, "EU", *NAMES)},
    }
    return JsonResponse({**rules, **names, "addresses": addresses})


@never_cache
@require_POST
def known(request: HttpRequest) -> HttpResponse:
    """How the release with this SHA-256 stands today, for the page to show. Nothing is kept but the count."""
    try:
        public_checks.admit(clients.limited(request), most=settings.VERIFY_PER_HOUR)
    except Refused as refused:
        status = 429 if refused.code == public_checks.TooManyChecks.code else 503
        return render(request, "verify/_known.html", {"refused": refused.message}, status=status)
    sha256 = request.POST.get("sha256", "")
    if not SHA256.fullmatch(sha256):
        return render(
            request, "verify/_known.html", {"refused": gettext("This isn't a SHA-256.")}, status=400
        )
    now = timezone.localtime()
    release = known_files.by_bytes(sha256, at=now)
    context = {
        "release": release,
        "standing": credentials_summary.standing(release, at=now) if release else None,
        "today": alike_release.today(release, at=now) if release else "",
    }
    return render(request, "verify/_known.html", context)
