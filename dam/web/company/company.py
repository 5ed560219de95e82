"""Where the company's sign-in takes the place of a password, and what follows signing out."""

from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from dam.accounts.models import User
from dam.sso import providers, refusals
from dam.sso.providers import Provider


def refuses_password(user: User) -> bool:
    """Those who run the installation keep theirs: a provider that is away must not lock the company out."""
    return not user.is_superuser and providers.only_company(user.email) is not None


def instead_of_password(request: HttpRequest) -> str:
    """What to do instead, whatever was wrong; "" where a password will do.

    The same for every address of the domain, so that it tells nothing of an account.
    """
    provider = providers.only_company(request.POST.get("login", ""))
    return _only(provider) if provider else ""


def led_there(request: HttpRequest, user: User) -> HttpResponse:
    """The page for who proved who they are in another way."""
    provider = providers.only_company(user.email)
    words = _only(provider) if provider else ""
    problem = refusals.NotLetIn(words, title=_("You can't sign in this way"))
    return render(
        request, "account/company_refused.html", {"problem": problem, "provider": provider}, status=403
    )


def after_signing_out(request: HttpRequest) -> str:
    """The page that leads on to the provider, for who came by one; "" for others."""
    user = request.user
    records = get_authentication_records(request, user if user.is_authenticated else None)
    slug = next((each.get("provider") for each in reversed(records) if each.get("provider")), "")
    provider = providers.named(str(slug)) if slug else None
    return reverse("company-signed-out", args=[provider.slug]) if provider and provider.is_openid else ""


def sign_in_url(provider: Provider, *, back: str = "") -> str:
    name = "openid_connect_login" if provider.is_openid else "saml_login"
    query = f"?{urlencode({'next': back})}" if back else ""
    return f"{reverse(name, args=[provider.slug])}{query}"


def _only(provider: Provider) -> str:
    return _("People with this email address sign in with %(provider)s.") % {"provider": provider.name}
