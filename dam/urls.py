"""Every address of the site. Below /b/<brand>/ only members pass (dam/web/middleware.py)."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from dam.web import brand_logo, home, joining, metrics, unsubscribe

handler400 = "dam.web.errors.bad_request"
handler403 = "dam.web.errors.permission_denied"
handler404 = "dam.web.errors.not_found"
handler500 = "dam.web.errors.server_error"


@csrf_exempt
def scim(request: HttpRequest, path: str = "") -> HttpResponse:
    """Its libraries take a second to load, which every worker and command would wait for in vain."""
    from dam.web import scim

    return scim.scim(request, path)


urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("readyz", home.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("accounts/", include("dam.web.account_urls")),
    path("mail/unsubscribe/<str:token>/", unsubscribe.unsubscribe, name="mail-unsubscribe"),
    path("logo/<str:token>/", brand_logo.outside, name="brand-logo-outside"),
    path("setup/", include("dam.web.setup.urls")),
    path("setup/", include("provenance.web.setup_urls")),
    path("join/", joining.join, name="join"),
    path("join/switch/", joining.switch, name="join-switch"),
    path("join/<str:secret>/", joining.link, name="join-link"),
    path("scim/v2", scim, name="scim-root"),
    path("scim/v2/<path:path>", scim, name="scim"),
    path("verify/", include("provenance.web.verify_urls")),
    path("r/", include("provenance.web.release_status_urls")),
    path("c2pa/", include("provenance.web.soft_binding_urls")),
    path("guest/", include("provenance.web.guests.urls")),
    path("b/<slug:brand_slug>/", include("dam.web.urls")),
    path("b/<slug:brand_slug>/", include("generation.web.urls")),
    path("b/<slug:brand_slug>/", include("provenance.web.urls")),
]
