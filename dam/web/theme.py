"""A brand's own colours, as a style sheet: style attributes are forbidden by the content security policy."""

from django.http import HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dam.web.decorators import BrandRequest, for_guests


@for_guests
@require_safe
@cache_control(private=True, max_age=86400)
def brand_css(request: BrandRequest) -> HttpResponse:
    """The page asks with ?hue=…, so that a new colour has a new address."""
    css = f"@layer tokens {{ :root {{ --hue: {request.brand.accent_hue}; }} }}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")
