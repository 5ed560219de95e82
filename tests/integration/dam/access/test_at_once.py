"""What happens to people at the same moment: everybody takes turns, brand by brand, in the same order."""

import threading
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from dam.access import custom_roles, erasure, invitations, people
from dam.accounts import members
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Brand, Invitation, Membership, User
from dam.accounts.principals import Member
from dam.core.errors import Refused
from dam.sso import memberships
from dam.sso.providers import OF_DIRECTORY
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[BaseException | object]:
    """What each returned or raised; all begin together."""
    together = threading.Barrier(len(calls))
    said: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], object]) -> None:
        together.wait(timeout=60)
        try:
            said[number] = call()
        except Exception as problem:  # noqa: BLE001 - told
            said[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return said


def row(person: Member) -> Membership:
    return Membership.everyone.get(user=person.user, brand=person.brand)


@pytest.fixture
def brand() -> Brand:
    return BrandFactory.create()


def test_of_two_administrators_who_remove_each_other_one_stays(brand: Brand) -> None:
    one, other = member(brand, Role.ADMIN), member(brand, Role.ADMIN)
    said = at_once(
        lambda: people.deactivate(row(one), by=other), lambda: people.deactivate(row(other), by=one)
    )
    assert [each.code for each in said if isinstance(each, Refused)] == ["last_administrator"]
    assert Membership.objects.filter(brand=brand, role=Role.ADMIN).count() == 1


def test_a_directory_and_an_administrator_who_remove_two_leave_one(brand: Brand) -> None:
    one, other = member(brand, Role.ADMIN), member(brand, Role.ADMIN)
    said = at_once(
        lambda: memberships.end(one.user, brand, source=OF_DIRECTORY),
        lambda: people.deactivate(row(other), by=one),
    )
    assert not [each for each in said if isinstance(each, Exception) and not isinstance(each, Refused)]
    assert Membership.objects.filter(brand=brand, role=Role.ADMIN).count() == 1


def test_nobody_holds_a_row_while_waiting_for_their_turn(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the opposite order two of them would wait for each other, and the database would end one."""
    admin, lee = member(brand, Role.ADMIN), member(brand, Role.CREATOR)
    role = custom_roles.make(by=admin, name="Helpers", able=[Capability.GENERATE])
    holding, order = members.hold_people, []

    def noted(brands: Iterable[int]) -> None:
        order.append(_rows_locked())
        holding(brands)

    monkeypatch.setattr(members, "hold_people", noted)
    memberships.give(lee.user, brand, role="viewer", source=OF_DIRECTORY)
    memberships.end(lee.user, brand, source=OF_DIRECTORY)
    able, revision = [Capability.GENERATE], role.revision
    custom_roles.edit(role, by=admin, name="Aides", description="", able=able, revision=revision)
    custom_roles.retire(role, by=admin, successor=Role.VIEWER)
    members.admit(email=lee.user.email, name="", brand=brand, role=Role.CREATOR)
    people.change_role(row(lee), role=Role.VIEWER, by=admin)
    people.deactivate(row(lee), by=admin)
    assert len(order) >= 7
    assert not any(order)


def _rows_locked() -> int:
    """How many tables this transaction has locked rows of, or written to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation' "
            "AND mode IN ('RowShareLock', 'RowExclusiveLock')"
        )
        found: int = cursor.fetchone()[0]
    return found


def test_two_who_run_the_installation_and_erase_each_other_leave_one() -> None:
    """They share no brand, so nothing else makes them take turns."""
    one = member(BrandFactory.create(), Role.VIEWER, is_superuser=True)
    other = member(BrandFactory.create(), Role.VIEWER, is_superuser=True)
    said = at_once(
        lambda: erasure.erase(User.objects.get(pk=one.user.pk), by=other),
        lambda: erasure.erase(User.objects.get(pk=other.user.pk), by=one),
    )
    assert [each.code for each in said if isinstance(each, Refused)] == ["last_administrator"]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_an_invitation_that_is_accepted_twice_at_once_lets_in_once(brand: Brand) -> None:
    invitation = invited(brand, "new@example.com")
    said = at_once(
        *[lambda: invitations.join_as_new(invitation, name="New", password="correct horse battery")] * 2
    )
    assert sum(isinstance(each, Membership) for each in said) == 1
    assert User.objects.filter(email="new@example.com").count() == 1


def test_an_invitation_that_is_revoked_or_sent_again_meanwhile_lets_nobody_in(brand: Brand) -> None:
    """The page was opened with a link that has ended since."""
    admin = member(brand, Role.ADMIN)
    opened = invited(brand, "new@example.com", by=admin)
    invitations.new_secret(opened, shown=False)
    with pytest.raises(invitations.InvitationRefused):
        invitations.join_as_new(opened, name="New", password="correct horse battery")
    assert not User.objects.filter(email="new@example.com").exists()


def test_whom_a_directory_has_ended_does_not_come_back_by_an_old_invitation(brand: Brand) -> None:
    user = UserFactory.create()
    invitation = invited(brand, user.email)
    memberships.give(user, brand, role="viewer", source=OF_DIRECTORY)
    memberships.end(user, brand, source=OF_DIRECTORY)
    with pytest.raises(invitations.InvitationRefused):
        invitations.accept(invitation, user)
    assert not Membership.objects.filter(user=user, brand=brand).exists()


def invited(brand: Brand, email: str, *, by: Member | None = None) -> Invitation:
    """An open one whose link was shown."""
    by = by or member(brand, Role.ADMIN)
    made = invitations.invite(email=email, role="creator", by=by, at=timezone.now() - timedelta(hours=1))
    invitations.new_secret(made, shown=True)
    made.refresh_from_db()
    return made
