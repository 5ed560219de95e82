"""Which ID tokens hold."""

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dam.sso import id_tokens

ISSUER, CLIENT, NONCE = "https://id.acme.example", "reelproof", "n"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    return {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}


KEYS = {"keys": [jwk(KEY, "1"), jwk(OTHER, "2")]}


def token(*, key: Any = KEY, algorithm: str = "RS256", kid: str | None = "1", **claims: Any) -> str:
    now = int(time.time())
    said = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": "ada",
        "iat": now,
        "exp": now + 300,
        "nonce": NONCE,
        **claims,
    }
    headers = {"kid": kid} if kid else {}
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode(kept, key, algorithm=algorithm, headers=headers)


def verified(text: str, keys: dict[str, Any] = KEYS) -> dict[str, Any]:
    return id_tokens.verified(text, keys=keys, issuer=ISSUER, audience=CLIENT, nonce=NONCE)


def test_a_token_of_the_provider_holds() -> None:
    assert verified(token())["sub"] == "ada"


def test_without_a_name_the_only_key_is_meant() -> None:
    assert verified(token(kid=None), {"keys": [jwk(KEY, "1")]})["sub"] == "ada"
    with pytest.raises(id_tokens.Invalid):
        verified(token(kid=None))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"exp": 1},
        {"nonce": "other"},
        {"nonce": None},
        {"sub": ""},
        {"sub": None},
        {"exp": None},
    ],
)
def test_a_token_for_another_purpose_does_not(claims: dict[str, Any]) -> None:
    with pytest.raises(id_tokens.Invalid):
        verified(token(**claims))


@pytest.mark.parametrize(
    "forged",
    [
        token(key=OTHER),
        token(key=None, algorithm="none"),
        token(key="x" * 64, algorithm="HS256"),
        token(kid="3"),
        "nonsense",
    ],
)
def test_a_token_that_somebody_else_made_does_not(forged: str) -> None:
    with pytest.raises(id_tokens.Invalid):
        verified(forged)
