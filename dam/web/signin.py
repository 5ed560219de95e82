"""Sign-in policy for django-allauth: accounts are made by an administrator, never by a stranger.

An account has one address, its own. Allauth's table of further addresses is asked nowhere.
"""

from typing import Any, cast
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.signals import password_reset
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sites.requests import RequestSite
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from dam.accounts import members
from dam.accounts.models import User
from dam.web import clients, known_devices, signin_log


class OwnAddressBackend(AuthenticationBackend):  # type: ignore[misc]
    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        return cast(AbstractBaseUser | None, self._check_password(members.of_address(email), password))


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The email address or the password is not correct.",
        "too_many_login_attempts": (
            "Too many wrong passwords for this account. Wait a while and try again, sign in where you have "
            "before, or choose a new password by mail."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return clients.address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for the account as tried from one address: a stranger locks no owner out."""
        login = str(credentials.get("email", "")).lower()
        return f"{clients.limited(request)} {login}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """They count for the account as tried from everywhere, too, but for devices that are known."""
        super().pre_authenticate(request, **credentials)
        login = str(credentials.get("email", "")).lower()
        who = known_devices.of(request, login=login) or "elsewhere"
        self._guessed = ratelimit.consume(
            request, app="allauth.account", action="login_guessed", key=f"{who} {login}"
        )
        if not self._guessed:
            raise self.validation_error("too_many_login_attempts")

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right, so nothing was guessed."""
        super()._rollback_login_failed_rl_usage()
        if usage := getattr(self, "_guessed", None):
            usage.rollback()

    def validation_error(self, code: str, *args: Any) -> Exception:
        if code == "too_many_login_attempts":
            signin_log.bounded(self.request)
        return cast(Exception, super().validation_error(code, *args))

    def reauthenticate(self, user: User, password: str) -> bool:
        return user.check_password(password)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        known_devices.remember(request, response, login=user.email)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return render(request, "account/account_inactive.html", status=403)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Links lead to PUBLIC_URL: the request's Host header is whatever the sender made it."""
        here = f"{self.request.scheme}://{self.request.get_host()}/"
        moved = {
            name: f"{settings.PUBLIC_URL}/{value.removeprefix(here)}"
            if isinstance(value, str) and value.startswith(here)
            else value
            for name, value in context.items()
        }
        site = RequestSite(self.request)
        site.domain = site.name = urlsplit(settings.PUBLIC_URL).netloc
        sign_in = f"{settings.PUBLIC_URL}{reverse('account_login')}"
        super().send_mail(template_prefix, email, {**moved, "current_site": site, "sign_in_url": sign_in})


@receiver(password_reset)
def _mail_was_read(sender: type[User], request: HttpRequest, user: User, **details: Any) -> None:
    """A link that was mailed to the account's address was used."""
    members.prove(user)
    known_devices.remember_address(request, login=user.email)
