"""API tokens: made by a person, never more than they may, and gone at once when they are."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dam.access import tokens
from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import ApiToken, Membership, User
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from tests.factories import BrandFactory, member, token_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOOK = {Capability.VIEW, Capability.UPLOAD}


@pytest.fixture
def creator() -> Member:
    return member(BrandFactory.create(), Role.CREATOR, name="Kim")


def test_a_token_stands_for_its_owner_with_what_it_was_given(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name=" nightly  import ", capabilities=LOOK, at=NOW)
    token = principals.of_token(secret, at=NOW)
    assert token is not None
    assert (token.user, token.brand, token.label) == (creator.user, creator.brand, "nightly import")
    assert token.capabilities == LOOK
    assert secret.startswith(row.prefix)
    assert secret not in str(ApiToken.objects.values())


def test_making_and_ending_a_token_leave_an_event_each_and_never_the_secret(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    tokens.revoke(row, by=creator, at=NOW)
    made, ended = Event.objects.order_by("sequence")
    assert (made.verb, made.target, made.actor_name) == ("token.created", "nightly", "Kim")
    assert made.data["capabilities"] == ["upload", "view"]
    assert (ended.verb, ended.data["token"]) == ("token.revoked", row.prefix)
    assert secret not in str(made.data) + str(ended.data)
    assert trail.first_broken(creator.brand) is None


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"capabilities": {Capability.TRASH}}, "beyond_owner"),
        ({"capabilities": {Capability.VIEW, Capability.MANAGE_BRAND}}, "beyond_owner"),
        ({"capabilities": ()}, "no_capabilities"),
        ({"name": "  "}, "no_name"),
        ({"last_day": NOW.date() - timedelta(days=1)}, "past_date"),
    ],
)
def test_a_token_that_must_not_be_is_refused(creator: Member, given: dict[str, object], code: str) -> None:
    with pytest.raises(tokens.TokenRefused) as refused:
        tokens.create(by=creator, at=NOW, **{"name": "nightly", "capabilities": LOOK, **given})  # type: ignore[arg-type]
    assert refused.value.code == code
    assert not ApiToken.objects.exists()


def test_no_reviewer_lets_a_program_decide() -> None:
    reviewer = member(BrandFactory.create(), Role.LEGAL_REVIEWER)
    with pytest.raises(tokens.TokenRefused, match="decide legal"):
        tokens.create(by=reviewer, name="nightly", capabilities={Capability.DECIDE_LEGAL})


def test_a_token_makes_no_token(creator: Member) -> None:
    with pytest.raises(PermissionDenied, match="Sign in"):
        tokens.create(by=token_of(creator, Capability), name="nightly", capabilities=LOOK)


@pytest.mark.parametrize("secret", ["", "rpt_", "rpt_unknown", "x" * 500, "ü"])
def test_an_unknown_secret_is_nobodys(creator: Member, secret: str) -> None:
    tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    assert principals.of_token(secret, at=NOW) is None


def test_the_first_characters_alone_open_nothing(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    assert principals.of_token(row.prefix, at=NOW) is None
    assert principals.of_token(row.prefix + "x" * (len(secret) - len(row.prefix)), at=NOW) is None


def test_a_token_ends_when_it_expires_and_when_it_is_revoked(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, last_day=NOW.date(), at=NOW)
    assert principals.of_token(secret, at=NOW) is not None
    assert principals.of_token(secret, at=NOW + timedelta(days=1)) is None
    tokens.revoke(row, by=creator)
    assert principals.of_token(secret, at=NOW) is None


def test_a_token_ends_with_its_owners_membership_or_account(creator: Member) -> None:
    _, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    User.objects.filter(pk=creator.user.pk).update(is_active=False)
    assert principals.of_token(secret, at=NOW) is None
    User.objects.filter(pk=creator.user.pk).update(is_active=True)
    assert principals.of_token(secret, at=NOW) is not None
    Membership.objects.filter(user=creator.user).delete()
    assert principals.of_token(secret, at=NOW) is None


def test_a_token_loses_what_its_owners_role_loses(creator: Member) -> None:
    _, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    Membership.objects.filter(user=creator.user).update(role=Role.VIEWER)
    token = principals.of_token(secret, at=NOW)
    assert token is not None
    assert token.capabilities == {Capability.VIEW}


def test_a_right_that_a_row_should_not_hold_counts_for_nothing(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    ApiToken.objects.filter(pk=row.pk).update(capabilities=["view", "decide_brand", "fly"])
    Membership.objects.filter(user=creator.user).update(role=Role.BRAND_REVIEWER)
    token = principals.of_token(secret, at=NOW)
    assert token is not None
    assert token.capabilities == {Capability.VIEW}


def test_the_owner_and_an_administrator_end_a_token_and_nobody_else(creator: Member) -> None:
    row, _ = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    for other in (member(creator.brand, Role.LIBRARIAN), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            tokens.revoke(row, by=other)
    tokens.revoke(row, by=member(creator.brand, Role.ADMIN))
    with pytest.raises(tokens.TokenRefused, match="already been revoked"):
        tokens.revoke(row, by=creator)


def test_the_last_use_is_noted_now_and_then_and_not_at_each_request(creator: Member) -> None:
    row, secret = tokens.create(by=creator, name="nightly", capabilities=LOOK, at=NOW)
    principals.of_token(secret, at=NOW)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        principals.of_token(secret, at=NOW + timedelta(minutes=4))
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]
    row.refresh_from_db()
    assert row.last_used_at == NOW
    principals.of_token(secret, at=NOW + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.last_used_at == NOW + timedelta(minutes=5)


def test_a_name_that_is_too_long_is_refused_and_not_cut(creator: Member) -> None:
    with pytest.raises(tokens.TokenRefused, match="this one has 81"):
        tokens.create(by=creator, name="x" * 81, capabilities=LOOK, at=NOW)
    assert not ApiToken.objects.exists()
