"""Sign-in policy for django-allauth: accounts are made by an administrator, never by a stranger.

An account has one address, its own. Allauth's table of further addresses is asked nowhere.
"""

from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.signals import password_reset
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from dam.accounts import mails, members, reset_links, security_mails
from dam.accounts.models import User
from dam.core.lazily import lazy
from dam.web import clients, confirming, known_devices, last_seen, signin_log
from dam.web.company import company

WAYS_TO_CONFIRM = {
    "reauthenticate": gettext_lazy("Use your password"),
    "mfa_reauthenticate": gettext_lazy("Use your authenticator app or a recovery code"),
    "mfa_reauthenticate:webauthn": gettext_lazy("Use a passkey"),
}


class OwnAddressBackend(AuthenticationBackend):  # type: ignore[misc]
    def _authenticate_by_email(self, email: str, password: str) -> AbstractBaseUser | None:
        user = cast(AbstractBaseUser | None, self._check_password(members.of_address(email), password))
        return None if isinstance(user, User) and company.refuses_password(user) else user


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": lazy("The email address or the password is not correct."),
        "too_many_login_attempts": (
            lazy(
                "Too many wrong passwords for this account. Wait a while and try again, sign in "
                "where you have "
                "before, or choose a new password by mail."
            )
        ),
        "too_many_codes": gettext_lazy("Too many wrong codes. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return last_seen.address(request)

    def is_reauthentication_required(self, *, app: str) -> bool:
        return not confirming.recently(self.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**method, "description": WAYS_TO_CONFIRM[method["id"]]} for method in methods]

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return f"{clients.limited(request)} {str(credentials.get('email', '')).lower()}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Wrong passwords count for the account as tried from one address: a stranger locks no owner out.

        They count from everywhere together, too, but for devices that are known. A browser that is known
        counts by itself, and not for its address: who else guesses there does not lock it out.
        """
        login = str(credentials.get("email", "")).lower()
        browser = known_devices.browser(request, login=login)
        if browser:
            usage = self._count(request, "login_failed_known", key=f"{browser} {login}")
        else:
            usage = self._count(request, "login_failed", key=f"{clients.limited(request)} {login}")
            self._from_address = self._count(request, "login_failed_address")
        self._login_failed_rl_usage = usage
        who = browser or known_devices.address(request, login=login) or "elsewhere"
        self._guessed = self._count(request, "login_guessed", key=f"{who} {login}")

    def _count(self, request: HttpRequest, action: str, *, key: str | None = None) -> Any:
        """The try, counted, to be taken back if the password was right. Raises a ValidationError."""
        usage = ratelimit.consume(request, app="allauth.account", action=action, key=key)
        if not usage:
            raise self.validation_error("too_many_login_attempts")
        return usage

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was right, so nothing was guessed."""
        super()._rollback_login_failed_rl_usage()
        for counted in ("_guessed", "_from_address"):
            if usage := getattr(self, counted, None):
                usage.rollback()

    def validation_error(self, code: str, *args: Any) -> Exception:
        if code == "email_password_mismatch" and (instead := company.instead_of_password(self.request)):
            return ValidationError(instead, code="company_sign_in")
        if code == "too_many_login_attempts":
            signin_log.bounded(self.request)
        return cast(Exception, super().validation_error(code, *args))

    def is_safe_url(self, url: str) -> bool:
        """Whether to go there after signing in or out: an address of the site that was asked, and no other.

        Allauth takes other hosts of the settings for safe too, and fails over an address that is none.
        """
        return url_has_allowed_host_and_scheme(url, allowed_hosts={self.request.get_host()})

    def reauthenticate(self, user: User, password: str) -> bool:
        return user.check_password(password)

    def pre_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse | None:
        """Whatever else proves who somebody is: where the company's sign-in is asked for, no other counts."""
        response: HttpResponse | None = super().pre_login(request, user, **details)
        by_company = "sociallogin" in (details.get("signal_kwargs") or {})
        if response is None and not by_company and company.refuses_password(user):
            return company.led_there(request, user)
        return response

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return company.after_signing_out(request) or super().get_logout_redirect_url(request)

    def post_login(self, request: HttpRequest, user: User, **details: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **details)
        known_devices.remember(request, response, login=user.email)
        return response

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        return render(request, "account/account_inactive.html", status=403)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """As templates/mail has it. Links lead to PUBLIC_URL: a Host header is whatever its sender wrote."""
        here = f"{self.request.scheme}://{self.request.get_host()}/"
        moved = {
            name: f"{settings.PUBLIC_URL}/{value.removeprefix(here)}"
            if isinstance(value, str) and value.startswith(here)
            else value
            for name, value in context.items()
        }
        sign_in = f"{settings.PUBLIC_URL}{reverse('account_login')}"
        user = context.get("user")
        mails.send(
            template_prefix.rpartition("/")[2],
            to=user if user is not None and user.email == email else email,
            context={**moved, "email": email, "sign_in_url": sign_in},
        )

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **named: Any) -> None:
        """To the account's own address: allauth would ask its own table of them."""
        if template_prefix.startswith("mfa/"):
            security_mails.tell(user, of=template_prefix.rpartition("/")[2])
            return
        with_link = template_prefix.endswith("password_reset")
        mails.tell_of_new_password(user, how=mails.WITH_LINK if with_link else mails.WITH_PASSWORD)


@receiver(password_reset)
def _mail_was_read(sender: type[User], request: HttpRequest, user: User, **details: Any) -> None:
    """A link was used: one that was mailed proves that whoever has the account reads at its address."""
    if not reset_links.was_handed_over(request):
        members.prove(user)
    known_devices.remember_address(request, login=user.email)
    if browser := known_devices.browser(request, login=user.email):
        key = f"{browser} {user.email}"
        ratelimit.clear(request, app="allauth.account", action="login_failed_known", key=key)
