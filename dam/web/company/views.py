"""Where signing in with the company begins, and where the provider sends people back."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.core.internal import ratelimit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.saml import views as saml
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from lxml import etree
from requests import RequestException

from dam.sso import providers, refusals
from dam.web.company import openid
from dam.web.company.adapter import refused


def signing_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view of somebody who signs in: bounded, and a page where the provider is away or unknown."""

    def bounded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        if not ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
            words = _("Too many people are signing in from your network. Wait a minute and try again.")
            return refused(request, refusals.NotLetIn(words), status=429)
        try:
            return view(request, *args, **named)
        except SocialApp.DoesNotExist:
            raise Http404(_("This sign-in doesn't exist.")) from None
        except (RequestException, OAuth2Error):
            words = _("Your company's sign-in can't be reached. Try again in a few minutes.")
            return refused(request, refusals.NotLetIn(words), status=502)

    return bounded


@require_safe
@signing_in
def begin(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider. A link, so that a page of the company can lead here as well."""
    if elsewhere := _at_home(request, provider_id):
        return elsewhere
    adapter = openid.OpenIDAdapter(request, provider_id)
    answer: HttpResponse = OAuth2LoginView.adapter_view(adapter)(request)
    return answer


@require_safe
@signing_in
def finish(request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = openid.OpenIDAdapter(request, provider_id)
    answer: HttpResponse = OAuth2CallbackView.adapter_view(adapter)(request)
    return answer


@require_safe
@signing_in
def begin_saml(request: HttpRequest, organization_slug: str) -> HttpResponse:
    if elsewhere := _at_home(request, organization_slug):
        return elsewhere
    answer: HttpResponse = saml.login(request, organization_slug=organization_slug)
    return answer


@require_POST
@csrf_exempt  # the provider's page sends it, without a form of ours; what it says is signed
@signing_in
def take_saml(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """Kept for the next request, which brings the session's cookie: this one comes from another site."""
    if providers.named(organization_slug) is None:
        raise Http404(_("This sign-in doesn't exist."))
    answer: HttpResponse = saml.acs(request, organization_slug=organization_slug)
    return answer


@require_safe
@signing_in
def finish_saml(request: HttpRequest, organization_slug: str) -> HttpResponse:
    try:
        answer: HttpResponse = saml.finish_acs(request, organization_slug=organization_slug)
    except (etree.LxmlError, ValueError):  # no XML, or one with entities, which the reader refuses
        words = _("Signing in didn't work. Start again on the sign-in page.")
        return refused(request, refusals.NotLetIn(words), status=400)
    return answer


def no_single_sign_out(request: HttpRequest, organization_slug: str) -> HttpResponse:
    raise Http404(_("Page not found."))


def _at_home(request: HttpRequest, slug: str) -> HttpResponse | None:
    """To the address that the provider sends people back to: their session must be there."""
    if providers.named(slug) is None:
        raise Http404(_("This sign-in doesn't exist."))
    if request.get_host() == urlsplit(settings.PUBLIC_URL).netloc:
        return None
    return HttpResponseRedirect(f"{settings.PUBLIC_URL}{request.get_full_path()}")


@require_safe
def signed_out(request: HttpRequest, provider_id: str) -> HttpResponse:
    """After signing out here: the provider may still know the person in this browser."""
    provider = providers.named(provider_id)
    if provider is None or not provider.is_openid:
        raise Http404(_("This sign-in doesn't exist."))
    url = ""
    try:
        config = openid.OpenIDAdapter(request, provider_id).openid_config
        url = openid.sign_out_url(provider.slug, client_id=provider.client_id, config=config)
    except RequestException:
        pass
    return render(request, "account/company_signed_out.html", {"provider": provider, "sign_out_url": url})
