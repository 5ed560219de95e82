"""Sign-in policy for django-allauth: accounts are made by an administrator, never by a stranger."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.sites.requests import RequestSite
from django.http import HttpRequest

from dam.web import clients


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return clients.address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords count for the account as tried from one address: a stranger locks no owner out."""
        login = str(credentials.get("email", "")).lower()
        return f"{clients.limited(request)} {login}"

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
        super().send_mail(template_prefix, email, {**moved, "current_site": site})
