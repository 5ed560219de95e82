"""Invitations: who gets one, what a link opens, and how it ends."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.access import invitation_lists, invitations, people
from dam.access.invitations import InvitationRefused
from dam.accounts import principals
from dam.accounts.capabilities import Role
from dam.accounts.models import Invitation, Membership, User
from dam.accounts.principals import Member
from dam.audit.models import Event
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def invited(admin: Member, email: str = "kim@example.com", *, name: str = "") -> Invitation:
    return invitations.invite(email=email, role="creator", by=admin, name=name)


def found(secret: str) -> Invitation:
    row = invitations.find(secret)
    assert row is not None
    return row


def test_a_link_opens_its_invitation_and_only_its_hash_is_kept(admin: Member) -> None:
    row = invited(admin)
    secret = invitations.new_secret(row, shown=False)
    assert found(secret) == row
    assert invitations.find(secret[:-1] + "x") is None
    row.refresh_from_db()
    assert secret not in str(vars(row))


def test_a_new_person_joins_with_the_role_once(admin: Member) -> None:
    secret = invitations.new_secret(invited(admin), shown=False)
    membership = invitations.join_as_new(found(secret), name="Kim", password="correct horse battery")
    assert (membership.role, membership.user.name, membership.user.is_proven) == ("creator", "Kim", True)
    with pytest.raises(InvitationRefused, match="used already"):
        invitations.accept(found(secret), membership.user)


def test_a_link_that_a_page_showed_proves_no_address(admin: Member) -> None:
    secret = invitations.new_secret(invited(admin), shown=True)
    membership = invitations.join_as_new(found(secret), name="Kim", password="correct horse battery")
    assert not membership.user.is_proven


def test_somebody_elses_account_does_not_join(admin: Member) -> None:
    secret = invitations.new_secret(invited(admin), shown=False)
    with pytest.raises(InvitationRefused, match="another address"):
        invitations.accept(found(secret), UserFactory.create())
    assert not Membership.objects.filter(brand=admin.brand).exclude(user=admin.user).exists()


def test_a_known_address_is_not_made_an_account_again(admin: Member) -> None:
    known = UserFactory.create(email="kim@example.com")
    secret = invitations.new_secret(invited(admin), shown=False)
    with pytest.raises(InvitationRefused, match="Sign in"):
        invitations.join_as_new(found(secret), name="Mallory", password="correct horse battery")
    assert invitations.accept(found(secret), known).user == known


def test_an_expired_a_revoked_and_a_replaced_link_let_nobody_in(admin: Member) -> None:
    row, kim = invited(admin), UserFactory.create(email="kim@example.com")
    first = invitations.new_secret(row, shown=False)
    second = invitations.new_secret(row, shown=False)
    assert invitations.find(first) is None
    later = timezone.now() + timedelta(days=invitations.DAYS, seconds=1)
    with pytest.raises(InvitationRefused, match="expired"):
        invitations.accept(found(second), kim, at=later)
    invitations.revoke(row, by=admin)
    with pytest.raises(InvitationRefused, match="revoked"):
        invitations.accept(found(second), kim)
    with pytest.raises(InvitationRefused, match="revoked"):
        invitations.resend(row, by=admin)


def test_an_invitation_ends_with_what_its_inviter_may_give(admin: Member) -> None:
    secret = invitations.new_secret(invited(admin), shown=False)
    other = member(admin.brand, Role.ADMIN)
    people.deactivate(Membership.objects.get(user=admin.user), by=other)
    with pytest.raises(InvitationRefused, match="can't be used any more"):
        invitations.accept(found(secret), UserFactory.create(email="kim@example.com"))


def test_a_deactivated_member_who_is_let_in_by_command_and_invited_again_has_one_membership(
    admin: Member,
) -> None:
    kim = member(admin.brand, email="kim@example.com", proven_email="kim@example.com")
    people.deactivate(Membership.objects.get(user=kim.user), by=admin)
    with pytest.raises(InvitationRefused, match="Reactivate"):
        invited(admin)
    people.reactivate(Membership.everyone.get(user=kim.user), by=admin)
    assert principals.member(kim.user, admin.brand) is not None


def test_who_manages_no_people_invites_nobody(admin: Member) -> None:
    with pytest.raises(PermissionDenied):
        invited(member(admin.brand, Role.LIBRARIAN))


def test_a_preview_says_what_each_line_will_do_and_what_is_wrong_with_it(admin: Member) -> None:
    member(admin.brand, email="here@example.com")
    UserFactory.create(email="elsewhere@example.com")
    admin.brand.allowed_domains = ["example.com"]
    admin.brand.save()
    invited(admin, "asked@example.com")
    text = """name,email,role
Ada,new@example.com,Legal reviewer
Here,here@example.com,
Else,elsewhere@example.com,viewer
Asked,asked@example.com,viewer
Twice,NEW@example.com,viewer
Odd,not an address,viewer
Far,far@example.org,viewer
King,king@example.com,king"""
    found = invitations.propose(invitation_lists.read(text), role="creator", by=admin)
    assert [(each.line.number, each.role_key) for each in found if not each.problem] == [
        (2, "legal_reviewer"),
        (4, "viewer"),
    ]
    assert [each.problem.split(".")[0] for each in found if each.problem] == [
        "Already in this brand",
        "Already invited",
        "This address is in the list twice",
        "“not an address” isn't an email address",
        "example",
        "There is no role “king”",
    ]


def test_a_name_that_is_too_long_is_refused_and_not_cut(admin: Member) -> None:
    with pytest.raises(InvitationRefused, match="at most 120 characters"):
        invited(admin, name="x" * 121)


def test_the_log_forgets_an_invited_address_with_the_person(admin: Member) -> None:
    row = invited(admin, name="Kim")
    assert Event.objects.latest("sequence").subject == "kim@example.com"
    assert "kim" not in str(Event.objects.latest("sequence").data)
    assert User.objects.filter(email=row.email).count() == 0
