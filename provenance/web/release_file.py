"""The released file's bytes: the only way out of the house for what was approved."""

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.accounts.capabilities import Capability
from dam.accounts.principals import Guest
from dam.accounts.times import here
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.delivery import access, downloads, streaming
from dam.rights import territories
from dam.rights.policy import Cause, Use
from dam.rights.visibility import visible_versions
from dam.web import files, place_form, whom_to_ask
from dam.web.decorators import BrandRequest, for_guests, requires
from dam.web.problem_details import problem
from provenance.releases import renewals
from provenance.releases.models import Release
from provenance.releases.states import ReleaseStatus

USES = (*Use, place_form.OTHER)


@for_guests
@require_safe
@requires(Capability.VIEW)
def release_file(request: BrandRequest, version_id: UUID) -> HttpResponseBase:
    """The version's release, or the part of it that is asked for. The rights policy is asked each time.

    What it is for, a use and a place, everyone says first: `?use=` and `?territory=`. What is not on the
    lists is refused; a guest's are those of their link.
    """
    seen = visible_versions(request.principal).select_related("asset", "brand", "rights", "inherited")
    version = get_object_or_404(seen, pk=version_id)
    use, territory = asked_use(request), asked_territory(request)
    verdict = access.may_download(
        request.principal,
        version,
        at=here(request.brand),
        use=use,
        territory=territory,
        named=True,
        labels=access.UNLABELLED,
    )
    asks = unanswered(request)
    if asks and verdict.causes == (Cause.LABEL,):
        return question(request, version)
    if not verdict.allowed:
        raise PermissionDenied(whom_to_ask.refusal(version, verdict, by=request.principal))
    release = Release.objects.filter(version=version, state=ReleaseStatus.READY).first()
    file = renewals.current(release) if release else None
    if release is None or file is None:
        raise Http404(_("This version has no release to download."))
    if asks:
        return question(request, version)
    try:
        response = streaming.respond(
            request,
            key=file.key,
            sha256=file.sha256,
            size=file.size,
            content_type=release.content_type,
            save_as=files.save_as(version, file.key),
        )
    except FileNotFoundError:
        raise Http404(_("The file is missing from storage. Contact your administrator.")) from None
    downloads.record(
        request,
        response,
        verb=Verb.RELEASE_DOWNLOADED,
        version=version,
        sha256=file.sha256,
        by=request.principal,
        use=said_use(request),
        territory=territory or "",
    )
    return response


def unanswered(request: BrandRequest) -> bool:
    """Whether it is yet to be said what a download is for, and where."""
    return not (_asked(request, "use") and _asked(request, "territory"))


def question(request: BrandRequest, version: Version) -> HttpResponseBase:
    """A person is led to the page that asks it and then offers the files; others read what is missing."""
    if not place_form.asks(request):
        return unsaid(request)
    said = {name: _asked(request, name) for name in ("use", "territory") if _asked(request, name)}
    address = reverse("asset-downloads", args=[version.brand.slug, version.asset_id])
    return redirect(f"{address}?{urlencode({'version': version.number, **said})}")


def unsaid(request: BrandRequest) -> HttpResponse:
    """What a program has still to say."""
    if isinstance(request.principal, Guest):
        raise PermissionDenied(
            _("This link doesn't say what its files are for. Ask the sender for a new one.")
        )
    if not _asked(request, "use"):
        detail = _("Say what the file is for, as ?use=web. It can be %(uses)s.") % {"uses": ", ".join(USES)}
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no_use", detail)
    detail = _("Say where it is for: a country's code, EU or worldwide, as &territory=DE.")
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "no_territory", detail)


def said_use(request: BrandRequest) -> str:
    """As it is recorded: a use, "other", or nothing."""
    return _asked(request, "use")


def asked_use(request: BrandRequest) -> Use | None:
    """What the policy is asked about; None for any use."""
    given = _asked(request, "use")
    try:
        return Use(given) if given not in ("", place_form.OTHER) else None
    except ValueError:
        raise BadRequest(_("Unknown use.")) from None


def asked_territory(request: BrandRequest) -> str | None:
    given = _asked(request, "territory")
    if given and not territories.known(given):
        raise BadRequest(_("Unknown territory."))
    return given or None


def _asked(request: BrandRequest, name: str) -> str:
    """In the address, or in what was sent; of a guest what their link was made for."""
    if isinstance(request.principal, Guest):
        return str(getattr(request.principal, name))
    return str(request.POST.get(name, "") or request.GET.get(name, ""))
