"""What a provider says of a person, read carefully. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

LONGEST_NAME = 120
MOST_GROUPS = 1000
LONGEST_GROUP = 200


@dataclass(frozen=True)
class Claimed:
    """`address` is empty where none was told. `groups` is None where they are too many to be told."""

    address: str
    address_verified: bool
    name: str
    groups: frozenset[str] | None


def read(claims: Mapping[str, Any], *, groups_claim: str) -> Claimed:
    """Of the claims of an ID token and of the user's info.

    >>> read({"email": "Ada@Acme.example", "email_verified": "true"}, groups_claim="groups").address
    'ada@acme.example'
    """
    address = claims.get("email")
    return Claimed(
        address=address.strip().lower() if isinstance(address, str) and "@" in address else "",
        # Some say it in words. Only a plain yes is one.
        address_verified=claims.get("email_verified") in (True, "true"),
        name=_shown(_name(claims)),
        groups=_groups(claims, groups_claim),
    )


def merged(id_token: Mapping[str, Any], user_info: Mapping[str, Any]) -> dict[str, Any]:
    """Both, with what is signed first. That an address was verified counts for the address it was said of.

    >>> merged({"email_verified": True}, {"email": "eve@acme.example"})["email_verified"]
    False
    """
    address = id_token.get("email", user_info.get("email"))
    of_address = [said for said in (id_token, user_info) if said.get("email") == address]
    verified = any(said.get("email_verified") in (True, "true") for said in of_address)
    return {**user_info, **id_token, "email_verified": verified}


def _shown(name: str) -> str:
    """As much of the name as an account holds, and that it was longer. Nobody is kept out for that."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def role_of(groups: Collection[str], rules: Mapping[str, str], *, order: Collection[str]) -> str | None:
    """The role that the rules (group to role) give; None for none. Of several the one first in `order`.

    The group "" is everyone's.
    """
    given = [role for group, role in rules.items() if not group or group in groups]
    ranks = {role: rank for rank, role in enumerate(order)}
    return min(given, key=lambda role: (ranks.get(role, len(ranks)), role), default=None)


def _name(claims: Mapping[str, Any]) -> str:
    for part in (("name",), ("given_name", "family_name"), ("preferred_username",)):
        words = " ".join(str(claims[each]).strip() for each in part if isinstance(claims.get(each), str))
        if words.strip():
            return words.strip()
    return ""


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, which may be an address with dots in it, or else by a path such as roles.app."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _groups(claims: Mapping[str, Any], groups_claim: str) -> frozenset[str] | None:
    """None of the claim means no group: some leave it out then."""
    elsewhere = claims.get("_claim_names")  # Microsoft's way to say that they don't fit
    if isinstance(elsewhere, Mapping) and groups_claim in elsewhere:
        return None
    value = _at(claims, groups_claim) if groups_claim else None
    many = [value] if isinstance(value, str) else value
    if not isinstance(many, list | tuple):
        return frozenset()
    if len(many) > MOST_GROUPS:
        return None
    return frozenset(each for each in many if isinstance(each, str) and 0 < len(each) <= LONGEST_GROUP)
