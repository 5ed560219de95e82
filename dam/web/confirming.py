"""Showing once more that it is you, before a change that a found open browser must not make.

Whoever signed in or confirmed a few minutes ago is not asked again. That is what allauth calls
reauthentication, for every page of ours; allauth would ask nothing of somebody without a password.
"""

import time
from collections.abc import Callable, Container
from functools import wraps
from typing import Any, cast
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from dam.accounts import second_factors
from dam.accounts.models import User
from dam.web.decorators import View

COMPANY = "socialaccount"  # allauth's word for a sign-in at a provider
WAYS = frozenset({"password", "mfa", COMPANY})


def recently(request: HttpRequest, *, methods: Container[str] = WAYS) -> bool:
    """Whether the person showed who they are in this session just now, in one of these ways."""
    if not isinstance(request.user, User):
        return False
    records = get_authentication_records(request, request.user)
    times = (float(record.get("at", 0)) for record in records if record.get("method") in methods)
    return bool(time.time() - max(times, default=0.0) < app_settings.REAUTHENTICATION_TIMEOUT)


def at_company(request: HttpRequest) -> bool:
    """Whether the company's sign-in has just said who it is, of somebody who can't say it here themselves."""
    person = request.user
    if not isinstance(person, User) or person.has_usable_password() or second_factors.has_passkey(person):
        return False
    return recently(request, methods={COMPANY})


def confirmed(view: View) -> View:
    """A view for whoever has just shown that it is them. Others are asked, and come back to it.

    What they had typed is not sent on by itself: a form is to be sent by whoever has confirmed.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        return view(request, *args, **kwargs) if recently(request) else ask(request)

    return checked


def ask(request: HttpRequest, *, back: str = "") -> HttpResponseBase:
    """To where the person confirms that it is them, and back."""
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    page = ways[0]["url"] if ways else reverse("account_confirm_elsewhere")
    return redirect(f"{page}?{urlencode({'next': back or request.get_full_path()})}")


def signed_in(view: View) -> Callable[..., HttpResponseBase]:
    """A page of one's account; whoever is not signed in signs in first."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return checked


def person(request: HttpRequest) -> User:
    """Whoever is signed in, on a page that only they get."""
    return cast(User, request.user)
