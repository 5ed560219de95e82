"""What a principal may do is what its role, its token or its link says, within its brand."""

from dataclasses import FrozenInstanceError

import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts import principals
from dam.accounts.capabilities import GRANTS, Capability, Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Guest, Member, Principal, Token

BRAND, OTHER = Brand(pk=1, name="Northwind"), Brand(pk=2, name="Acme")
KIM = User(pk=1, name="Kim")
MEMBER = Member(KIM, BRAND, Role.CREATOR)
TOKEN = Token(KIM, BRAND, Role.CREATOR, 1, "nightly", frozenset({Capability.VIEW, Capability.TRASH}))
GUEST = Guest(BRAND, 1, "Agency", frozenset({Capability.VIEW}))


@pytest.mark.parametrize("role", Role)
def test_a_member_may_what_the_role_may(role: Role) -> None:
    member = Member(KIM, BRAND, role)
    assert {each for each in Capability if member.can(each)} == GRANTS[role]


@pytest.mark.parametrize("role", Role)
def test_a_token_may_what_it_was_given_and_its_owners_role_still_has(role: Role) -> None:
    given = frozenset({Capability.VIEW, Capability.UPLOAD, Capability.TRASH})
    token = Token(KIM, BRAND, role, 1, "nightly", given)
    assert {each for each in Capability if token.can(each)} == given & GRANTS[role]


@pytest.mark.parametrize("principal", [MEMBER, TOKEN, GUEST])
def test_a_principal_may_nothing_in_another_brand(principal: Principal) -> None:
    assert principal.within(BRAND) == principal.capabilities
    assert principal.within(OTHER) == frozenset()
    principal.require(Capability.VIEW, brand=BRAND)
    with pytest.raises(PermissionDenied, match="belongs to Acme"):
        principal.require(Capability.VIEW, brand=OTHER)


@pytest.mark.parametrize(
    ("principal", "words"),
    [(MEMBER, "Your role in Northwind"), (TOKEN, "This API token for Northwind"), (GUEST, "Your share link")],
)
def test_a_refusal_says_what_is_missing_and_why(principal: Principal, words: str) -> None:
    with pytest.raises(PermissionDenied, match=rf"{words}.* to manage the brand\."):
        principal.require(Capability.MANAGE_BRAND)


def test_a_token_answers_for_its_owner_and_a_guest_for_nobody() -> None:
    assert principals.person(MEMBER) == principals.person(TOKEN) == KIM
    with pytest.raises(PermissionDenied, match="Guests"):
        principals.person(GUEST)


def test_names_tell_people_programs_and_guests_apart() -> None:
    assert [each.name for each in (MEMBER, TOKEN, GUEST)] == ["Kim", "Kim (nightly)", "Agency (guest)"]
    assert [each.kind for each in (MEMBER, TOKEN, GUEST)] == ["member", "token", "guest"]


@pytest.mark.parametrize("principal", [MEMBER, TOKEN, GUEST])
def test_a_principal_does_not_change(principal: Principal) -> None:
    with pytest.raises((FrozenInstanceError, AttributeError)):
        principal.brand = OTHER  # type: ignore[misc]
