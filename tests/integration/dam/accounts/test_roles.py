"""Roles of a brand's own count wherever a role does, and nobody gives what they don't have."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.access import tokens
from dam.accounts import members, principals, roles
from dam.accounts.capabilities import GRANTS, Capability, OwnRole, Role
from dam.accounts.models import Brand, CustomRole, Membership
from dam.accounts.principals import Member
from dam.rights import visibility
from tests.factories import BrandFactory, UserFactory, VersionFactory, member

pytestmark = pytest.mark.django_db


def own_role(brand: Brand, *able: Capability, name: str = "Freelancer", **fields: Any) -> CustomRole:
    return CustomRole.objects.create(brand=brand, name=name, capabilities=list(able), **fields)


def with_role(role: CustomRole) -> Member:
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=role.brand, **roles.columns(role.value))
    found = principals.member(person, role.brand)
    assert found is not None
    return found


def test_an_own_role_says_what_its_people_may_do_in_pages() -> None:
    freelancer = with_role(own_role(BrandFactory.create(), Capability.VIEW, Capability.UPLOAD))
    assert freelancer.capabilities == {Capability.VIEW, Capability.UPLOAD}
    assert freelancer.refusal(Capability.TRASH).startswith(f"Your role in {freelancer.brand} (Freelancer)")
    client = Client()
    client.force_login(freelancer.user)
    assert client.get(reverse("library", args=[freelancer.brand.slug])).status_code == 200
    assert client.get(reverse("trash", args=[freelancer.brand.slug])).status_code == 403
    assert "Freelancer at" in client.get(reverse("library", args=[freelancer.brand.slug])).text


def test_an_own_role_bounds_its_peoples_tokens_from_the_next_request_on() -> None:
    role = own_role(BrandFactory.create(), Capability.VIEW, Capability.UPLOAD)
    freelancer = with_role(role)
    _, secret = tokens.create(by=freelancer, name="camera", capabilities=[Capability.UPLOAD])
    CustomRole.objects.filter(pk=role.pk).update(capabilities=[Capability.VIEW.value])
    token = principals.of_token(secret, at=timezone.now())
    assert token is not None
    assert token.capabilities == frozenset()


def test_an_own_role_without_unreleased_work_sees_none() -> None:
    brand = BrandFactory.create()
    VersionFactory.create(asset__brand=brand)
    seeing = own_role(brand, Capability.VIEW, Capability.VIEW_UNRELEASED, name="Seeing")
    assert not visibility.visible_assets(with_role(own_role(brand, Capability.VIEW))).exists()
    assert visibility.visible_assets(with_role(seeing)).exists()


def test_those_who_may_do_something_are_found_by_built_in_and_own_roles() -> None:
    brand = BrandFactory.create()
    legal = member(brand, Role.LEGAL_REVIEWER)
    outside = with_role(own_role(brand, Capability.VIEW, Capability.DECIDE_LEGAL, name="Counsel"))
    member(brand, Role.ADMIN)
    able = Membership.objects.filter(roles.with_capability(Capability.DECIDE_LEGAL), brand=brand)
    assert {row.user for row in able} == {legal.user, outside.user}


def test_a_command_acts_for_somebody_with_an_own_role() -> None:
    person = with_role(own_role(BrandFactory.create(), Capability.UPLOAD))
    assert principals.acting(person.brand, Capability.UPLOAD) == person


def test_the_command_gives_an_own_role_by_its_name() -> None:
    role = own_role(BrandFactory.create(), Capability.VIEW)
    call_command("member", "kim@example.com", brand=role.brand.slug, role="freelancer")
    assert Membership.objects.get().given == role.value


def test_a_role_is_named_by_its_key_and_not_once_it_is_retired_nor_in_another_brand() -> None:
    role = own_role(BrandFactory.create(), Capability.VIEW)
    assert roles.named(role.brand, roles.key(role.value)) == role.value
    assert roles.named(role.brand, "creator") is Role.CREATOR
    for text in ("owner", "custom-", "custom-x", f"custom-{role.pk}9", "custom-" + "9" * 40, ""):
        with pytest.raises(roles.UnknownRole):
            roles.named(role.brand, text)
    with pytest.raises(roles.UnknownRole):
        roles.named(BrandFactory.create(), roles.key(role.value))
    CustomRole.objects.update(retired_at=timezone.now())
    with pytest.raises(roles.UnknownRole):
        roles.named(role.brand, roles.key(role.value))


def test_a_membership_has_one_role_and_not_two() -> None:
    role = own_role(BrandFactory.create(), Capability.VIEW)
    with pytest.raises(IntegrityError):
        Membership.objects.create(
            user=UserFactory.create(), brand=role.brand, role="viewer", custom_role=role
        )


def test_an_administrator_gives_every_built_in_role_and_names_reviewers() -> None:
    admin = member(BrandFactory.create(), Role.ADMIN)
    assert [each.key for each in roles.to_give(admin)] == [role.value for role in Role]


def test_who_manages_people_alone_gives_no_more_than_they_have() -> None:
    brand = BrandFactory.create()
    host = with_role(own_role(brand, *GRANTS[Role.VIEWER], Capability.MANAGE_PEOPLE, name="Host"))
    assert [each.key for each in roles.to_give(host) if not each.is_own] == ["viewer"]
    with pytest.raises(PermissionDenied, match="manage the brand"):
        roles.require_may_give(host, Role.ADMIN)
    with pytest.raises(PermissionDenied, match="decide legal reviews"):
        roles.require_may_give(host, Role.LEGAL_REVIEWER)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_who_manages_no_people_gives_no_role(role: Role) -> None:
    assert roles.to_give(member(BrandFactory.create(), role)) == []


def test_a_role_that_nobody_knows_all_of_is_given_by_no_administrator() -> None:
    admin = member(BrandFactory.create(), Role.ADMIN)
    assert roles.may_give(admin, OwnRole(1, "Counsel", frozenset({Capability.VIEW, Capability.DECIDE_LEGAL})))
    host = with_role(own_role(admin.brand, Capability.MANAGE_BRAND, name="Brand only"))
    assert not roles.may_give(host, Role.VIEWER)


def test_the_last_administrator_is_needed_and_an_own_role_can_be_one() -> None:
    brand = BrandFactory.create()
    admin = member(brand, Role.ADMIN)
    members.require_administrator(brand)
    Membership.objects.filter(user=admin.user).update(role="viewer")
    with pytest.raises(members.LastAdministrator):
        members.require_administrator(brand)
    with_role(own_role(brand, Capability.MANAGE_BRAND, Capability.MANAGE_PEOPLE, name="Owner"))
    members.require_administrator(brand)
