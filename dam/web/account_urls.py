"""The pages of an account. Of django-allauth's those alone that the product has; the others are not there.

Whoever invites somebody knows them by their address, so on no page does anybody change or add one.
"""

from allauth.account import urls as of_allauth
from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path


def closed(request: HttpRequest, **named: str) -> HttpResponse:
    """A page of allauth's that the product does not have."""
    raise Http404("Page not found.")


_MEANT = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
MEANT = frozenset(pattern.name for pattern in _MEANT)

# Allauth makes links to its own pages by name, so the names are there.
_CLOSED = [
    URLPattern(pattern.pattern, closed, name=pattern.name)
    for pattern in of_allauth.urlpatterns
    if pattern.name not in MEANT
]

urlpatterns = [*_MEANT, *_CLOSED]
