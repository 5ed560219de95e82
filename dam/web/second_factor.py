"""The second factor at sign-in, and brands that show nothing to whoever signed in without one."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import views
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.core.serializers.json import DjangoJSONEncoder
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from dam.access import own_account
from dam.accounts import second_factors
from dam.accounts.models import Brand, User
from dam.audit.verbs import Verb
from dam.core import encryption
from dam.web import htmx, signed_out
from dam.web.problem_details import problem


def missing(request: HttpRequest, user: User | AnonymousUser, brand: Brand) -> bool:
    """Whether the brand asks for a second factor that this session has not shown."""
    return brand.requires_second_factor and not shown(request, user)


def shown(request: HttpRequest, user: User | AnonymousUser) -> bool:
    """Whether the person has one and has signed in, confirmed or set it up with it in this session."""
    if not isinstance(user, User):
        return False
    used = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    return used and second_factors.exist(user)


def page_before(request: HttpRequest) -> str:
    """The page that leads to a second factor, and from there to this one."""
    return _page(following=request.get_full_path())


def _page(*, following: str) -> str:
    return f"{reverse('account_second_factor')}?{urlencode({'next': following})}"


def note_set_up(request: HttpRequest, *, kind: str) -> None:
    """Setting one up shows that one has it: the session need not ask for it again."""
    record_authentication(request, request.user, method="mfa", type=kind)


def answer(request: HttpRequest, *, slug: str) -> HttpResponseBase:
    """Instead of anything of the brand: the page that leads to a second factor."""
    if signed_out.wants_page(request) and request.method in ("GET", "HEAD"):
        return redirect(page_before(request))
    address = (
        f"{reverse('account_second_factor')}?{urlencode({'next': signed_out.where(request, slug=slug)})}"
    )
    if signed_out.wants_page(request):
        return redirect(address)
    if htmx.is_htmx(request):
        return htmx.go_to(address)
    words = gettext(
        "This brand requires two-step verification. Sign in with your second factor, then try again."
    )
    return problem(403, "second_factor_required", words)


FOLLOWING = "second_factor_following"  # of a session: where somebody wanted to go before they were asked


def following(request: HttpRequest) -> str:
    """The way on, for pages where a second factor was set up; empty where nobody was led to them."""
    page = request.session.get(FOLLOWING, "")
    return _page(following=page) if page else ""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("That didn't match. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return encryption.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return encryption.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        return gettext("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, Any]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Reelproof"}


class AuthenticateView(views.AuthenticateView):  # type: ignore[misc]
    """Signing in, the second step: a passkey, a code of the app or a recovery code."""

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        return {**context, **_ways(self.stage.login.user, context)}


class ConfirmByPasskeyView(webauthn.ReauthenticateWebAuthnView):  # type: ignore[misc]
    def get_context_data(self, **named: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**named)
        return {**context, **_ways(self.request.user, context)}

    def form_invalid(self, form: Any) -> HttpResponseBase:
        for words in form.errors.get("credential", []):
            messages.error(self.request, words)
        return redirect(self.request.get_full_path())


def _ways(user: User, context: dict[str, Any]) -> dict[str, Any]:
    types = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return {
        "has_app": Authenticator.Type.TOTP in types,
        "has_passkey": Authenticator.Type.WEBAUTHN in types,
        "options": as_json(context["js_data"]["request_options"]),
    }


def as_json(options: Mapping[str, Any]) -> str:
    """What the script asks the browser's authenticator with."""
    return json.dumps(options, cls=DjangoJSONEncoder)


@receiver(authenticator_added)
def _added(
    sender: type, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    if authenticator.type in second_factors.FACTORS:
        own_account.tell(user, Verb.MEMBER_SECOND_FACTOR_ADDED, data={"kind": str(authenticator.type)})


@receiver(authenticator_removed)
def _removed(
    sender: type, request: HttpRequest, user: User, authenticator: Authenticator, **_more: Any
) -> None:
    if authenticator.type in second_factors.FACTORS:
        own_account.tell(user, Verb.MEMBER_SECOND_FACTOR_REMOVED, data={"kind": str(authenticator.type)})
