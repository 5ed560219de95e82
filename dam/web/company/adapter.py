"""What django-allauth asks about a person whom a provider has signed in."""

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import Session

from dam.accounts.models import User
from dam.sso import fetching, joining, providers, refusals
from dam.sso.providers import Provider
from dam.web import clients
from dam.web.company import saml_settings

log = logging.getLogger(__name__)
CANCELLED = "cancelled"


class CompanyAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Providers are those of dam.sso.providers alone, and dam.sso.joining says whose account somebody is."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        apps = [_app(each) for each in providers.offered()]
        if provider:
            apps = [app for app in apps if provider in (app.provider, app.provider_id)]
        if client_id:
            apps = [app for app in apps if app.client_id == client_id]
        return apps

    def get_requests_session(self) -> Session:
        return fetching.session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # joining makes the accounts

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whose account it is, linked and with the memberships of today; or a page that says why not."""
        slug = sociallogin.account.provider
        provider = providers.named(slug)
        if provider is None or sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ImmediateHttpResponse(refused(request, refusals.NotLetIn(_again())))
        linked = None if sociallogin.account._state.adding else sociallogin.account.user
        try:
            user = joining.person(provider, sociallogin.claimed, linked=linked)
        except refusals.NotLetIn as problem:
            log.warning(
                "Signing in with %s from %s was refused: %s.", slug, clients.address(request), problem.code
            )
            raise ImmediateHttpResponse(refused(request, problem, provider=provider)) from problem
        _link(sociallogin, user)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        name = getattr(provider, "name", "")
        log.warning(
            "Signing in with %s from %s failed: %s %s", name, clients.address(request), error, exception or ""
        )
        words = _cancelled(name) if error == CANCELLED else _again(name)
        raise ImmediateHttpResponse(refused(request, refusals.NotLetIn(words)))


def refused(
    request: HttpRequest, problem: refusals.NotLetIn, *, provider: Provider | None = None, status: int = 403
) -> HttpResponse:
    """The page that says why somebody was not let in, and how they go on."""
    problem.title = problem.title or _("You can't sign in this way")
    context = {"problem": problem, "provider": provider}
    return render(request, "account/company_refused.html", context, status=status)


def _link(sociallogin: SocialLogin, user: User) -> None:
    account = sociallogin.account
    account.user = sociallogin.user = user
    if account._state.adding:
        # Of several browsers that link the same person at once one makes the row.
        kept, _made = SocialAccount.objects.get_or_create(
            provider=account.provider,
            uid=account.uid,
            defaults={"user": user, "extra_data": account.extra_data},
        )
        sociallogin.account = kept


def _app(provider: Provider) -> SocialApp:
    """As allauth knows a provider; no row stands behind it."""
    if not provider.is_openid:
        return SocialApp(
            provider="saml",
            provider_id=provider.slug,
            name=provider.name,
            client_id=provider.slug,
            settings=saml_settings.of(provider),
        )
    return SocialApp(
        provider="openid_connect",
        provider_id=provider.slug,
        name=provider.name,
        client_id=provider.client_id,
        secret=provider.client_secret,
        settings={"server_url": provider.issuer},
    )


def _cancelled(name: str) -> str:
    return _("You cancelled signing in with %(provider)s.") % {"provider": name}


def _again(name: str = "") -> str:
    if not name:
        return _("Signing in didn't work. Start again on the sign-in page.")
    return _(
        "Signing in with %(provider)s didn't work. Start again on the sign-in page. If it keeps failing, ask "
        "your administrator to check its settings in Administration → Sign-in."
    ) % {"provider": name}
