"""A provider's discovery document (OpenID Connect Discovery 1.0): where to sign in, and with which keys."""

from typing import Any

import requests
from django.utils.translation import gettext as _

from dam.sso import fetching

WELL_KNOWN = "/.well-known/openid-configuration"
NEEDED = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
WANTED = ("userinfo_endpoint", "end_session_endpoint")
LISTS = ("token_endpoint_auth_methods_supported",)


class NotFound(requests.RequestException):
    """There is no usable provider at this address; the message says why, for who sets it."""


def fetch(issuer: str) -> dict[str, Any]:
    """What is needed of it. Raises requests.RequestException, NotFound among them."""
    with fetching.session() as session:
        response = session.get(f"{issuer.rstrip('/')}{WELL_KNOWN}")
    if response.status_code != requests.codes.ok:
        raise NotFound(
            _("There is no discovery document (answer %(code)s).") % {"code": response.status_code}
        )
    try:
        said = response.json()
    except ValueError:
        raise NotFound(_("The discovery document isn't JSON.")) from None
    found = {
        name: said[name]
        for name in (*NEEDED, *WANTED)
        if isinstance(said, dict) and isinstance(said.get(name), str)
    }
    if missing := [name for name in NEEDED if name not in found]:
        raise NotFound(_("The discovery document lacks %(names)s.") % {"names": ", ".join(missing)})
    if found["issuer"].rstrip("/") != issuer.rstrip("/"):
        raise NotFound(
            _("The provider calls itself %(issuer)s. Enter that address.") % {"issuer": found["issuer"][:200]}
        )
    for name in found.keys() - {"issuer"}:
        fetching.require(found[name])
    for name in LISTS:
        if isinstance(said.get(name), list):
            found[name] = [each for each in said[name] if isinstance(each, str)]
    return found
