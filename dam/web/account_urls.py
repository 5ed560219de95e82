"""The pages of an account. Of django-allauth's those alone that the product has; the others are not there.

Whoever invites somebody knows them by their address, so on no page does anybody change or add one.
"""

from allauth.account import urls as of_allauth
from allauth.account import views
from allauth.core.internal import ratelimit
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from django.views.generic import RedirectView

from dam.web import second_factor
from dam.web.account import address, enrolment, profile, security, sessions, tokens
from dam.web.company.urls import urlpatterns as of_company


def closed(request: HttpRequest, **named: str) -> HttpResponse:
    """A page of allauth's that the product does not have."""
    raise Http404(_("Page not found."))


# What the browser signs is asked for with GET, and that is bounded too: each makes a session.
_sign_in_by_passkey = ratelimit.decorator(app="allauth.mfa", action="webauthn_login", limit_get=True)(
    webauthn.login_webauthn
)

_MEANT = [
    path("login/", views.login, name="account_login"),
    path("login/passkey/", _sign_in_by_passkey, name="mfa_login_webauthn"),
    path("login/second-factor/", second_factor.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("reauthenticate/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "reauthenticate/passkey/",
        second_factor.ConfirmByPasskeyView.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("reauthenticate/elsewhere/", enrolment.confirm_elsewhere, name="account_confirm_elsewhere"),
    path("second-factor/", enrolment.second_factor_page, name="account_second_factor"),
    path("", RedirectView.as_view(pattern_name="account_profile"), name="account"),
    path("profile/", profile.profile, name="account_profile"),
    path("security/", security.security, name="mfa_index"),
    path("security/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("security/passkeys/add/", security.add_passkey, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/rename/", security.rename_passkey, name="mfa_edit_webauthn"),
    path("security/passkeys/<int:pk>/remove/", security.remove_passkey, name="mfa_remove_webauthn"),
    path("security/app/add/", security.add_app, name="mfa_activate_totp"),
    path("security/app/remove/", security.remove_app, name="mfa_deactivate_totp"),
    path("security/recovery-codes/", security.show_codes, name="mfa_view_recovery_codes"),
    path("security/recovery-codes/new/", security.renew_codes, name="mfa_generate_recovery_codes"),
    path("security/address/", address.send, name="account_address_send"),
    re_path(r"^security/address/(?P<key>[-:\w]+)/$", address.confirm, name="account_confirm_email"),
    path("sessions/", sessions.listing, name="usersessions_list"),
    path("sessions/end-others/", sessions.end_others, name="account_sessions_end_others"),
    path("sessions/<int:session_id>/end/", sessions.end, name="account_session_end"),
    path("tokens/", tokens.listing, name="account_tokens"),
    path("tokens/new/", tokens.new, name="account_token_new"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="account_token_revoke"),
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

urlpatterns = [*_MEANT, *of_company, *_CLOSED]
