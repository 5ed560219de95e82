"""An OpenID provider that really runs, on loopback, and people it knows."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.test import Client
from django.urls import reverse

from dam.sso.models import CompanyDomain, SignInProvider

with warnings.catch_warnings():
    import authlib.deprecate  # noqa: F401 - it has its warnings shown always, so it comes before

    warnings.simplefilter("ignore")  # the provider asks this library in the old way
    from oidc_provider_mock import run_server_in_thread

DOMAIN = "acme.example"


@dataclass(frozen=True)
class Acme:
    """The provider; `issuer` is its address."""

    issuer: str

    def knows(self, sub: str, **claims: Any) -> None:
        """What it says of a person from now on."""
        kept = {"email": f"{sub}@{DOMAIN}", "email_verified": True, "name": sub.capitalize(), **claims}
        said = {name: value for name, value in kept.items() if value is not None}
        requests.put(f"{self.issuer}/users/{sub}", json=said, timeout=10).raise_for_status()

    def is_set_up(self, **fields: Any) -> SignInProvider:
        """As somebody does in the administration."""
        row = SignInProvider.objects.create(
            slug="acme",
            name="Acme",
            issuer=self.issuer,
            client_id="reelproof",
            client_secret="hush",
            **fields,
        )
        CompanyDomain.objects.create(domain=DOMAIN, provider=row.slug)
        return row

    def signs_in(self, client: Client, sub: str, *, back: str = "") -> Any:
        """Through the provider and back. The last answer, as the browser shows it."""
        address = reverse("openid_connect_login", args=["acme"])
        begun = client.get(address, {"next": back} if back else {})
        assert begun.status_code == 302, begun.content
        returned = requests.post(
            begun.headers["Location"], data={"sub": sub}, allow_redirects=False, timeout=10
        )
        return client.get(returned.headers["Location"], follow=True)


@contextmanager
def running() -> Iterator[Acme]:
    with run_server_in_thread() as server:
        yield Acme(f"http://localhost:{server.server_port}")
