"""SAML 2.0 by django-allauth and python3-saml: what is believed, and what is kept."""

import hashlib
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.saml.provider import SAMLProvider
from django.http import HttpRequest

from dam.sso import claims, providers


class CompanySAMLProvider(SAMLProvider):  # type: ignore[misc]
    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Where to go afterwards, and nothing else that an address could ask for."""
        kept: dict[str, Any] = {"process": AuthProcess.LOGIN}
        if next_url := get_next_redirect_url(request):
            kept["next_url"] = next_url
        return kept

    def extract_uid(self, data: Any) -> str:
        """Who it is for good: the provider's own name for them. Another provider's same name is another."""
        name = super().extract_uid(data)
        return hashlib.sha256(f"{self.app.settings['idp']['entity_id']}\n{name}".encode()).hexdigest()

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {"iss": self.app.settings["idp"]["entity_id"], "sub": str(super().extract_uid(data))}

    def extract_common_fields(self, data: Any) -> dict[str, Any]:
        return {}

    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> SocialLogin:
        login = super().sociallogin_from_response(request, response)
        provider = providers.named(self.app.provider_id)
        groups_claim = provider.groups_claim if provider else ""
        found = self._extract(response)
        told = {"email": found.get("email"), "name": found.get("name")}
        if groups_claim:
            told[groups_claim] = response.get_attributes().get(groups_claim)
        login.claimed = claims.read(told, groups_claim=groups_claim)
        return login
