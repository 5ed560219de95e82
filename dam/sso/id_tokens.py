"""Whether an ID token holds (OpenID Connect Core 1.0, 3.1.3.7). Pure."""

from collections.abc import Mapping
from typing import Any

import jwt

# Signed with the provider's private key. One with a shared secret, or unsigned, is refused.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 60  # between the clocks


class Invalid(ValueError):
    """The token is not this provider's, or for another application, or too old."""


def verified(
    token: str, *, keys: Mapping[str, Any], issuer: str, audience: str, nonce: str
) -> dict[str, Any]:
    """Its claims. `keys` is the provider's JSON Web Key Set. Raises Invalid."""
    try:
        header = jwt.get_unverified_header(token)
        key = _key(header, jwt.PyJWKSet.from_dict(dict(keys)))
        said: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[each for each in ALGORITHMS if each == header.get("alg")],
            issuer=issuer,
            audience=audience,
            leeway=LEEWAY_SECONDS,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError) as problem:
        raise Invalid("The ID token can't be verified.") from problem
    if not said["sub"]:
        raise Invalid("The ID token has an empty subject.")
    if said.get("azp", audience) != audience:
        raise Invalid("The ID token is for another application.")
    if said.get("nonce") != nonce:
        raise Invalid("The ID token is another sign-in's.")
    return said


def _key(header: Mapping[str, Any], keys: jwt.PyJWKSet) -> jwt.PyJWK:
    """The one that the token names; without a name the only one that there is."""
    signing = [each for each in keys.keys if each.public_key_use in (None, "sig")]
    named = [each for each in signing if each.key_id == header.get("kid")] if "kid" in header else signing
    if len(named) != 1:
        raise Invalid("The ID token is signed with an unknown key.")
    return named[0]
