"""OpenID Connect by django-allauth, stricter: what is fetched, what is believed, and what is kept."""

import hashlib
from typing import Any
from urllib.parse import urlencode

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse

from dam.sso import claims, discovery, fetching, id_tokens, providers

KEPT_SECONDS = 300  # the discovery document, so that strangers can't have us ask for it again and again


class OpenIDAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    _verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document, of the issuer that was set and no other."""
        issuer: str = self.get_provider().app.settings["server_url"]
        key = f"openid:{hashlib.sha256(issuer.encode()).hexdigest()}"
        kept = cache.get(key)
        if isinstance(kept, dict):
            return kept
        found = discovery.fetch(issuer)
        cache.set(key, found, timeout=KEPT_SECONDS)
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        return callback_url(self.provider_id)

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        self._verifier = pkce_code_verifier or ""
        data: dict[str, Any] = super().get_access_token_data(request, app, client, pkce_code_verifier)
        return data

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **named: Any
    ) -> SocialLogin:
        id_token = named["response"].get("id_token")
        if not isinstance(id_token, str):
            raise OAuth2Error("There is no ID token.")
        told = self._verified(app, id_token)
        if self.openid_config.get("userinfo_endpoint"):
            info = self._fetch_user_info(token.token)
            if not isinstance(info, dict) or info.get("sub") != told.get("sub"):
                raise OAuth2Error("The user's info is another person's.")
            told = claims.merged(told, info)
        return self.get_provider().sociallogin_from_response(request, told)

    def _verified(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Its claims; the signature is verified although it came from the provider itself."""
        with fetching.session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = answer.json()
        if not self._verifier or not isinstance(keys, dict):
            raise OAuth2Error("The provider has no keys, or this sign-in no beginning.")
        try:
            return id_tokens.verified(
                id_token,
                keys=keys,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                nonce=nonce_of(self._verifier),
            )
        except id_tokens.Invalid as problem:
            raise OAuth2Error(str(problem)) from problem


class OpenIDProvider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = OpenIDAdapter

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Where to go afterwards, and nothing else that an address could ask for."""
        kept: dict[str, Any] = {"process": AuthProcess.LOGIN, "scope": self.get_scope()}
        if next_url := get_next_redirect_url(request):
            kept["next_url"] = next_url
        return kept

    def get_pkce_params(self) -> dict[str, str]:
        found: dict[str, str] = super().get_pkce_params()
        return {**found, "nonce": nonce_of(found["code_verifier"])}

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Who it is for good: the issuer's own name for the person. Another issuer's same name is another."""
        return hashlib.sha256(f"{data['iss']}\n{data['sub']}".encode()).hexdigest()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {"iss": data["iss"], "sub": data["sub"]}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        login = super().sociallogin_from_response(request, response)
        provider = providers.named(self.app.provider_id)
        login.claimed = claims.read(response, groups_claim=provider.groups_claim if provider else "")
        return login


def nonce_of(verifier: str) -> str:
    """The ID token must repeat it. Drawn from what only this browser's session keeps."""
    return hashlib.sha256(f"nonce:{verifier}".encode()).hexdigest()


def callback_url(slug: str) -> str:
    """What is registered with the provider."""
    return public(reverse("openid_connect_callback", args=[slug]))


def public(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def sign_out_url(slug: str, *, client_id: str, config: dict[str, Any]) -> str:
    """Where a person signs out of the provider, too; "" where it offers no such page."""
    end = config.get("end_session_endpoint")
    if not end:
        return ""
    back = public(reverse("account_login"))
    joint = "&" if "?" in end else "?"
    return f"{end}{joint}{urlencode({'client_id': client_id, 'post_logout_redirect_uri': back})}"
