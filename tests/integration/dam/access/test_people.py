"""Roles of people, leaving and coming back; and who can't be taken away."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from dam.access import erasure, invitations, people, tokens
from dam.access.people import PeopleRefused
from dam.accounts import principals
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, CustomRole, Group, Invitation, Membership, User
from dam.accounts.principals import Member
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import RenditionKind
from dam.sso import memberships
from dam.sso.providers import OF_DIRECTORY
from provenance.review import queue, reviews
from provenance.review.models import Review
from tests.factories import BrandFactory, RenditionFactory, VersionFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


@pytest.fixture
def admin(brand: Brand) -> Member:
    return member(brand, Role.ADMIN, name="Ada")


def row(person: Member) -> Membership:
    return Membership.everyone.get(user=person.user, brand=person.brand)


def now(person: Member) -> Member | None:
    return principals.member(person.user, person.brand)


def test_a_new_role_counts_at_the_next_request_and_the_log_says_before_and_after(
    admin: Member, client: Any
) -> None:
    lee = member(admin.brand, Role.CREATOR, name="Lee")
    client.force_login(lee.user)
    generate = reverse("generate", args=[admin.brand.slug])
    assert client.get(generate).status_code == 200
    with translation.override("de"):  # the log speaks one language, whatever its administrators do
        people.change_role(row(lee), role=Role.VIEWER, by=admin)
    assert client.get(generate).status_code == 403
    event = Event.objects.latest("sequence")
    assert (event.verb, event.subject, event.data) == (
        Verb.MEMBER_ROLE_CHANGED,
        "Lee",
        {"role": ["Creator", "Viewer"]},
    )


def test_nobody_changes_their_own_role_or_deactivates_themselves(admin: Member) -> None:
    member(admin.brand, Role.ADMIN)
    with pytest.raises(PeopleRefused, match="yourself"):
        people.change_role(row(admin), role=Role.VIEWER, by=admin)
    with pytest.raises(PeopleRefused, match="yourself"):
        people.deactivate(row(admin), by=admin)


def test_whoever_runs_people_alone_makes_no_administrator_and_unmakes_none(admin: Member) -> None:
    own = CustomRole.objects.create(brand=admin.brand, name="HR", capabilities=["view", "manage_people"])
    hr = member(admin.brand)
    Membership.objects.filter(user=hr.user).update(role="", custom_role=own)
    hr = principals.member(hr.user, admin.brand) or hr
    lee = member(admin.brand, Role.VIEWER)
    with pytest.raises(PermissionDenied, match="allows more than yours"):
        people.change_role(row(lee), role=Role.ADMIN, by=hr)
    with pytest.raises(PermissionDenied, match="allows more than yours"):
        people.deactivate(row(admin), by=hr)


def test_the_last_administrator_is_neither_demoted_nor_deactivated_nor_closed(admin: Member) -> None:
    """Asked by one who was an administrator when the request came."""
    gone = member(admin.brand, Role.ADMIN)
    Membership.objects.filter(user=gone.user).update(role=Role.VIEWER)
    gone.user.is_superuser = True
    with pytest.raises(PeopleRefused, match="needs an administrator"):
        people.change_role(row(admin), role=Role.CREATOR, by=gone)
    with pytest.raises(PeopleRefused, match="needs an administrator"):
        people.deactivate(row(admin), by=gone)
    with pytest.raises(PeopleRefused, match="needs an administrator"):
        people.close_account(admin.user, by=gone)
    assert now(admin) is not None


def test_where_two_roles_share_running_a_brand_neither_loses_its_last_holder(
    admin: Member,
) -> None:
    holders = {}
    for able in ("manage_brand", "manage_people"):
        own = CustomRole.objects.create(brand=admin.brand, name=able, capabilities=["view", able])
        holders[able] = member(admin.brand)
        Membership.objects.filter(user=holders[able].user).update(role="", custom_role=own)
    root = member(BrandFactory.create(), Role.ADMIN, is_superuser=True)
    Membership.objects.filter(user=admin.user).update(role=Role.VIEWER)  # as a directory may
    for person in holders.values():
        for end in (people.close_account, erasure.erase):
            with pytest.raises(PeopleRefused, match="needs an administrator"):
                end(person.user, by=root)
        with pytest.raises(PeopleRefused, match="needs an administrator"):
            people.deactivate(row(person), by=admin)
        with pytest.raises(PeopleRefused, match="needs an administrator"):
            people.change_role(row(person), role=Role.VIEWER, by=admin)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_demote_each_other_at_once_one_remains() -> None:
    brand = BrandFactory.create()
    one, other = member(brand, Role.ADMIN), member(brand, Role.ADMIN)
    together, refused = threading.Barrier(2), []

    def demote(by: Member, whom: Member) -> None:
        together.wait(timeout=60)
        try:
            people.change_role(row(whom), role=Role.VIEWER, by=by)
        except PeopleRefused as problem:
            refused.append(problem.code)
        finally:
            connection.close()

    pair = [threading.Thread(target=demote, args=each) for each in ((one, other), (other, one))]
    for thread in pair:
        thread.start()
    for thread in pair:
        thread.join(timeout=120)
    assert refused == ["last_administrator"]
    assert Membership.objects.filter(brand=brand, role=Role.ADMIN).count() == 1


def test_whoever_is_deactivated_is_out_with_their_tokens_and_what_they_made_stays(
    admin: Member, client: Any
) -> None:
    lee = member(admin.brand, Role.CREATOR)
    made = VersionFactory.create(asset__brand=admin.brand, created_by=lee.user)
    _, secret = tokens.create(by=lee, name="nightly", capabilities=[Capability.VIEW])
    client.force_login(lee.user)
    library = reverse("library", args=[admin.brand.slug])
    people.deactivate(row(lee), by=admin)
    assert client.get(library).status_code == 404
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.get(library, headers=bearer).status_code == 401
    made.refresh_from_db()
    assert made.created_by == lee.user
    people.reactivate(row(lee), by=admin)
    assert client.get(library).status_code == 200
    assert client.get(library, headers=bearer).status_code == 401, "tokens stay revoked"


def test_deactivating_ends_the_access_to_one_brand_alone(admin: Member) -> None:
    lee = member(admin.brand)
    elsewhere = BrandFactory.create()
    Membership.objects.create(user=lee.user, brand=elsewhere, role=Role.VIEWER)
    people.deactivate(row(lee), by=admin)
    assert now(lee) is None
    assert principals.member(lee.user, elsewhere) is not None


def test_reviews_that_wait_are_handed_to_a_person_or_a_group_that_can_decide(admin: Member) -> None:
    lee, kim = member(admin.brand, Role.BRAND_REVIEWER), member(admin.brand, Role.BRAND_REVIEWER)
    maker = member(admin.brand, Role.CREATOR)
    version = VersionFactory.create(asset__brand=admin.brand, asset__created_by=maker.user)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    review = reviews.submit(version, by=maker)
    with pytest.raises(Exception, match="can't decide any"):
        people.deactivate(row(lee), by=admin, heir=maker.user)
    assert now(lee) is not None, "nothing was changed"
    people.deactivate(row(lee), by=admin, heir=kim.user)
    assert Review.objects.get(pk=review.pk).asked == str(kim.user)
    group = Group.objects.create(brand=admin.brand, name="Night shift")
    group.members.add(member(admin.brand, Role.BRAND_REVIEWER).user)
    people.deactivate(row(kim), by=admin, heir=group)
    assert Review.objects.get(pk=review.pk).asked == "Night shift"
    handed = Event.objects.filter(verb=Verb.REVIEW_HANDED_OVER).order_by("sequence")
    assert [event.data["to"] for event in handed] == [f"user:{kim.user.pk}", f"group:{group.pk}"]


def test_a_review_that_named_somebody_asks_its_role_again_when_a_directory_ends_them(admin: Member) -> None:
    lee, kim = member(admin.brand, Role.BRAND_REVIEWER), member(admin.brand, Role.BRAND_REVIEWER)
    maker = member(admin.brand, Role.CREATOR)
    version = VersionFactory.create(asset__brand=admin.brand, asset__created_by=maker.user)
    RenditionFactory.create(version=version, kind=RenditionKind.PROXY)
    review = reviews.submit(version, by=maker)
    Review.objects.filter(pk=review.pk).update(asked_person=lee.user)
    asked = invitations.invite(email="lee@example.com", role="viewer", by=admin)
    User.objects.filter(pk=lee.user.pk).update(email="lee@example.com")
    lee.user.refresh_from_db()
    assert memberships.end(lee.user, admin.brand, source=OF_DIRECTORY)
    assert Review.objects.get(pk=review.pk).asked == ""
    assert Event.objects.get(verb=Verb.REVIEW_HANDED_OVER).data["to"] == "role"
    assert Event.objects.get(verb=Verb.COMPANY_ENDED).data["handed_over"] == 1
    assert Invitation.objects.get(pk=asked.pk).revoked_at is not None, "no way back in by an old mail"
    assert queue.waiting_for(kim).count() == 1


def test_a_closed_account_is_out_everywhere_and_its_sessions_stay_ended(admin: Member, client: Any) -> None:
    admin.user.is_superuser = True
    lee = member(admin.brand)
    client.force_login(lee.user)
    people.close_account(lee.user, by=admin)
    library = reverse("library", args=[admin.brand.slug])
    assert client.get(library).status_code == 302
    people.reopen_account(User.objects.get(pk=lee.user.pk), by=admin)
    assert client.get(library).status_code == 302, "the session ended with the password"
    assert trail.first_broken(admin.brand) is None


def test_a_brands_administrator_closes_no_account(admin: Member) -> None:
    with pytest.raises(PermissionDenied):
        people.close_account(member(admin.brand).user, by=admin)


def test_another_brands_administrator_changes_nobody_here(admin: Member) -> None:
    stranger = member(BrandFactory.create(), Role.ADMIN)
    with pytest.raises(PermissionDenied):
        people.change_role(row(member(admin.brand)), role=Role.VIEWER, by=stranger)


def test_whoever_is_deactivated_has_no_way_back_by_an_old_invitation(admin: Member) -> None:
    person = member(admin.brand, Role.CREATOR)
    waiting = Invitation.objects.create(
        brand=admin.brand,
        email=person.user.email,
        role=Role.ADMIN,
        invited_by=admin.user,
        expires_at=timezone.now() + timedelta(days=1),
    )
    people.deactivate(row(person), by=admin)
    waiting.refresh_from_db()
    assert waiting.revoked_at is not None


def test_whoever_alone_can_decide_stays_until_another_can() -> None:
    case = Case()
    case.submit()
    reviewer = Membership.objects.get(user=case.brand_reviewer.user)
    admin = member(case.brand, Role.ADMIN)
    leaving: tuple[Callable[[], None], ...] = (
        lambda: people.deactivate(reviewer, by=admin),
        lambda: people.change_role(reviewer, role=Role.VIEWER, by=admin),
    )
    for leave in leaving:
        with pytest.raises(PeopleRefused, match="1 open review waits") as refused:
            leave()
        assert refused.value.code == "no_one_left"
    member(case.brand, Role.BRAND_REVIEWER)
    people.deactivate(reviewer, by=admin)
    reviewer.refresh_from_db()
    assert reviewer.deactivated_at is not None


def test_a_name_from_a_list_or_a_directory_turns_no_line_around() -> None:
    assert User.objects.create_user("ada@example.com", name="\u202egnp.exe").name == "gnp.exe"
    assert User.objects.create_user("kim@example.com", name="\u200b").name == "kim"
