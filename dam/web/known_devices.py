"""Browsers and addresses from which somebody has signed in to an account before.

Guessing at an account is bounded from everywhere together, and those here have a bound of their own: a
stranger who guesses locks out other strangers, and not whoever owns the account.
"""

import hashlib
import secrets
from contextlib import suppress
from typing import Any

import redis
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dam.web import clients

COOKIE = "known_device"
SALT = "dam.web.known_devices"
KEPT_SECONDS = 180 * 24 * 3600
MOST_ACCOUNTS = 8  # of one browser


def browser(request: HttpRequest, *, login: str) -> str | None:
    """The browser's name for itself, where the account is known to be used in it; None for another."""
    device = _device(request)
    return str(device["id"]) if _short(login) in device["accounts"] else None


def address(request: HttpRequest, *, login: str) -> str | None:
    """The address, where the account is known to be used from there; None for another."""
    with suppress(redis.RedisError):
        if cache.get(_key(request, login)):
            return clients.limited(request)
    return None


def remember(request: HttpRequest, response: HttpResponse, *, login: str) -> None:
    """Somebody has signed in to the account here."""
    device = _device(request)
    accounts = [each for each in device["accounts"] if each != _short(login)]
    text = signing.dumps(
        {"id": device["id"], "accounts": [*accounts, _short(login)][-MOST_ACCOUNTS:]}, salt=SALT
    )
    response.set_cookie(
        COOKIE,
        text,
        max_age=KEPT_SECONDS,
        path=reverse("account_login").removesuffix(
            "login/"
        ),  # the page that a mailed link opens is there too
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    remember_address(request, login=login)


def remember_address(request: HttpRequest, *, login: str) -> None:
    """Whoever asks from here has shown that the account is theirs."""
    with suppress(redis.RedisError):
        cache.set(_key(request, login), 1, timeout=KEPT_SECONDS)


def _device(request: HttpRequest) -> dict[str, Any]:
    try:
        known: dict[str, Any] = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT_SECONDS
        )
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "accounts": []}
    return known


def _key(request: HttpRequest, login: str) -> str:
    return f"signed-in-from:{_short(login)}:{clients.limited(request)}"


def _short(login: str) -> str:
    return hashlib.sha256(login.encode()).hexdigest()[:24]
