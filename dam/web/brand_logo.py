"""A brand's logo: to those who are in the brand, and on the few pages outside that know which brand it is."""

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dam.access import brand_logos
from dam.accounts.capabilities import Capability
from dam.accounts.models import Brand, BrandLogo
from dam.delivery import streaming
from dam.web.decorators import BrandRequest, for_guests, requires

SALT = "brand-logo"
KEPT_SECONDS = 3600  # by the browser; a new logo has a new address


@for_guests
@require_safe
@requires(Capability.VIEW)
def logo(request: BrandRequest, theme: str) -> HttpResponseBase:
    return _sent(request, brand_logos.of(request.brand, theme))


@require_safe
def outside(request: HttpRequest, token: str) -> HttpResponseBase:
    """For whoever isn't signed in, at an address that a page has signed: a picture while it is the logo."""
    try:
        digest = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        return _sent(request, None)
    return _sent(request, BrandLogo.objects.filter(brand__closed_at=None, sha256=digest).first())


def address_outside(brand: Brand, theme: str) -> str:
    """Where a page outside the brand finds the picture; empty where there is none."""
    digest = brand.logos.get(theme, "")
    return reverse("brand-logo-outside", args=[signing.Signer(salt=SALT).sign(digest)]) if digest else ""


def of_the_only_brand() -> Brand | None:
    """The brand of an installation that has one: who comes to its sign-in page comes to this brand."""
    brands = list(Brand.objects.filter(closed_at=None)[:2])
    return brands[0] if len(brands) == 1 else None


def _sent(request: HttpRequest, logo: BrandLogo | None) -> HttpResponseBase:
    if logo is None:
        raise Http404(_("Picture not found."))
    try:
        response = streaming.respond(
            request,
            key=logo.storage_key,
            sha256=logo.sha256,
            size=logo.size,
            content_type=brand_logos.CONTENT_TYPE,
        )
    except FileNotFoundError:
        raise Http404(_("The file is missing from storage. Contact your administrator.")) from None
    if response.status_code < 300:
        response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
