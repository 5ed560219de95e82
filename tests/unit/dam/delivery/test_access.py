from datetime import UTC, datetime, timedelta

import pytest

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, User
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Asset, Credentials, Version
from dam.delivery import access
from dam.rights.models import RightsRecord
from dam.rights.policy import Use

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def member(role: Role) -> Member:
    return Member(User(name="Kim"), Brand(name="Northwind"), role)


def version(approval: Approval = Approval.APPROVED, **terms: object) -> Version:
    made = Version(asset=Asset(title="Clip"), approval=approval, credentials=Credentials.TRUSTED)
    made.rights = RightsRecord(version=made, uses=["web"], **terms)
    made._state.fields_cache["inherited"] = None  # made from nothing, and not asked of the database
    return made


@pytest.mark.parametrize("kind", ["poster", "sprite", "proxy"])
def test_what_the_page_shows_goes_to_whoever_may_see_the_version(kind: str) -> None:
    assert access.may_fetch(member(Role.VIEWER), kind).allowed


def test_a_viewer_downloads_what_is_approved() -> None:
    assert access.may_download(member(Role.VIEWER), version(), at=NOW).allowed


def test_nobody_downloads_what_is_not_approved() -> None:
    verdict = access.may_download(member(Role.ADMIN), version(Approval.IN_REVIEW), at=NOW)
    assert not verdict.allowed
    assert verdict.reasons


def test_an_ended_clearance_closes_the_download() -> None:
    assert not access.may_download(
        member(Role.VIEWER), version(valid_until=NOW - timedelta(1)), at=NOW
    ).allowed


def test_a_use_and_a_place_that_are_named_must_be_cleared() -> None:
    cleared = version(territories=["EU"])
    assert access.may_download(member(Role.VIEWER), cleared, at=NOW, use=Use.WEB, territory="DE").allowed
    assert not access.may_download(member(Role.VIEWER), cleared, at=NOW, use=Use.BROADCAST).allowed
    assert not access.may_download(member(Role.VIEWER), cleared, at=NOW, territory="US").allowed


@pytest.mark.parametrize(
    ("role", "allowed"), [(Role.VIEWER, False), (Role.BRAND_REVIEWER, False), (Role.CREATOR, True)]
)
def test_a_master_is_for_those_who_work_on_it(role: Role, allowed: bool) -> None:
    assert access.may_fetch(member(role), access.MASTER).allowed is allowed
