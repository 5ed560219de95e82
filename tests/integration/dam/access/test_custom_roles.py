"""Making, changing and retiring a brand's own roles."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import translation

from dam.access import custom_roles
from dam.accounts import members, principals, roles
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import CustomRole, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.web import audit_changes
from tests.factories import BrandFactory, UserFactory, member

pytestmark = pytest.mark.django_db
LOOK = (Capability.VIEW, Capability.DOWNLOAD_RELEASE)


@pytest.fixture
def admin() -> Member:
    return member(BrandFactory.create(), Role.ADMIN)


def make(by: Member, *able: Capability, name: str = "Freelancer") -> CustomRole:
    return custom_roles.make(by=by, name=name, able=able)


def edit(role: CustomRole, by: Member, *able: Capability, **fields: Any) -> bool:
    given = {"name": role.name, "description": role.description, "revision": role.revision, **fields}
    return custom_roles.edit(role, by=by, able=able, **given)


def give(role: CustomRole) -> Member:
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=role.brand, **roles.columns(role.value))
    found = principals.member(person, role.brand)
    assert found is not None
    return found


def test_a_role_is_made_and_can_be_chosen_then(admin: Member) -> None:
    role = make(admin, Capability.UPLOAD)
    assert set(role.capabilities) == {"view", "upload"}  # nothing opens without seeing
    assert roles.choices(admin.brand)[-1].name == "Freelancer"
    assert Event.objects.get().data["capabilities"] == ["view", "upload"]


def test_an_administrator_makes_a_reviewers_role_without_deciding_themselves(admin: Member) -> None:
    assert not admin.can(Capability.DECIDE_LEGAL)
    assert make(admin, Capability.DECIDE_LEGAL, Capability.DECIDE_BRAND, name="Counsel")


def test_no_role_both_runs_the_brand_and_decides(admin: Member) -> None:
    for running in (Capability.MANAGE_BRAND, Capability.MANAGE_PEOPLE):
        with pytest.raises(custom_roles.RoleRefused) as refused:
            make(admin, running, Capability.DECIDE_BRAND)
        assert refused.value.code == "mixed"


def test_no_role_reads_in_the_log_of_clips_it_does_not_see(admin: Member) -> None:
    with pytest.raises(custom_roles.RoleRefused, match="names unreleased clips"):
        custom_roles.make(by=admin, name="Auditors", able=[Capability.VIEW_ACTIVITY])


def test_no_role_has_evidence_of_what_it_does_not_see(admin: Member) -> None:
    needed = {Capability.EVIDENCE, Capability.VIEW_UNRELEASED, Capability.VIEW_ACTIVITY}
    for lacking in (Capability.VIEW_UNRELEASED, Capability.VIEW_ACTIVITY):
        with pytest.raises(custom_roles.RoleRefused) as refused:
            custom_roles.make(by=admin, name="Counsel", able=needed - {lacking})
        assert refused.value.code in ("evidence_alone", "log_alone")
    assert custom_roles.make(by=admin, name="Counsel", able=needed)


def test_nobody_builds_a_role_with_what_they_lack(admin: Member) -> None:
    host = give(make(admin, *LOOK, Capability.MANAGE_PEOPLE, name="Host"))
    with pytest.raises(PermissionDenied, match="upload files"):
        make(host, Capability.UPLOAD)
    with pytest.raises(PermissionDenied):
        make(member(admin.brand, Role.LIBRARIAN), Capability.VIEW)
    strong = make(admin, Capability.UPLOAD, name="Strong")
    with pytest.raises(PermissionDenied, match="more than yours"):
        edit(strong, host, Capability.VIEW)


def test_nobody_changes_or_retires_the_role_they_have(admin: Member) -> None:
    role = make(admin, Capability.MANAGE_PEOPLE, Capability.MANAGE_BRAND, name="Owner")
    owner = give(role)
    with pytest.raises(PermissionDenied, match="yourself"):
        edit(role, owner, Capability.VIEW, Capability.DECIDE_BRAND)
    with pytest.raises(PermissionDenied, match="yourself"):
        custom_roles.retire(role, by=owner, successor=Role.VIEWER)


def test_a_change_counts_at_once_and_is_told_with_before_and_after(admin: Member) -> None:
    role = make(admin, Capability.UPLOAD)
    person = give(role)
    assert edit(role, admin, Capability.GENERATE, name="Maker")
    now = principals.member(person.user, person.brand)
    assert now is not None
    assert now.capabilities == {Capability.VIEW, Capability.GENERATE}
    event = Event.objects.get(verb="role.edited")
    assert audit_changes.of(event) == (
        "Capabilities: + generate clips, − upload files",
        "Name: “Freelancer” → “Maker”",
    )


def test_a_change_of_nothing_leaves_no_event(admin: Member) -> None:
    role = make(admin, Capability.UPLOAD)
    assert not edit(role, admin, Capability.UPLOAD)
    assert not Event.objects.filter(verb="role.edited").exists()


def test_of_two_who_edit_at_once_the_second_is_told_what_changed(admin: Member) -> None:
    role = make(admin, Capability.UPLOAD)
    edit(role, admin, Capability.GENERATE, name="Maker")
    with pytest.raises(custom_roles.RoleChanged) as changed:
        edit(role, member(admin.brand, Role.ADMIN), Capability.TRASH, name="Tidier")
    assert changed.value.now.name == "Maker"


@pytest.mark.parametrize(
    ("name", "code"),
    [(" ", "no_name"), ("x" * 41, "name_too_long"), ("freelancer", "name_taken"), ("Viewer", "name_taken")],
)
def test_a_role_needs_a_name_of_its_own(admin: Member, name: str, code: str) -> None:
    make(admin, Capability.UPLOAD)
    with pytest.raises(custom_roles.RoleRefused) as refused:
        make(admin, Capability.UPLOAD, name=name)
    assert refused.value.code == code


def test_who_has_a_retired_role_and_what_names_it_get_the_successor(admin: Member) -> None:
    role = make(admin, Capability.UPLOAD)
    person, gone = give(role), give(role)
    Membership.objects.filter(user=gone.user).update(deactivated_at="2026-01-01T00:00Z")
    assert custom_roles.retire(role, by=admin, successor=Role.CREATOR) == 2
    assert Membership.objects.get(user=person.user).given is Role.CREATOR
    assert roles.named(admin.brand, roles.key(role.value)) is Role.CREATOR
    assert make(admin, Capability.UPLOAD).name == role.name  # the name is free again
    with pytest.raises(custom_roles.RoleRefused, match="retired"):
        edit(role, admin, Capability.VIEW)


def test_the_last_role_that_manages_the_brand_cant_be_emptied(admin: Member) -> None:
    role = make(admin, Capability.MANAGE_BRAND, Capability.MANAGE_PEOPLE, name="Owner")
    give(role)
    Membership.objects.filter(user=admin.user).update(**roles.columns(Role.VIEWER))
    with pytest.raises(members.LastAdministrator):
        edit(role, admin, Capability.VIEW)


def test_another_brands_role_is_not_theirs(admin: Member) -> None:
    role = make(member(BrandFactory.create(), Role.ADMIN), Capability.UPLOAD)
    with pytest.raises(PermissionDenied):
        edit(role, admin, Capability.VIEW)


def test_who_runs_a_brand_without_seeing_drafts_reads_no_log_that_names_them(admin: Member) -> None:
    role = make(admin, Capability.VIEW, Capability.MANAGE_BRAND)
    browser, slug = Client(), admin.brand.slug
    browser.force_login(give(role).user)
    assert browser.get(reverse("administration-log", args=[slug])).status_code == 403
    assert browser.post(reverse("activity-export", args=[slug])).status_code == 403
    assert reverse("administration-log", args=[slug]) not in browser.get(reverse("brand", args=[slug])).text


def test_a_role_of_ones_own_keeps_its_name_in_the_log_whatever_else_is_called_so(admin: Member) -> None:
    event = Event(verb=Verb.MEMBER_ROLE_CHANGED, data={"role": ["Viewer", "Review"]})
    with translation.override("de"):
        (change,) = audit_changes.of(event)
        assert str(roles.NAMES[Role.VIEWER]) in change
    assert "Review" in change
