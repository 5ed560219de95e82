"""Administration → People: what the list finds, and the pages of one person."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.access import handover
from dam.accounts.capabilities import Role
from dam.accounts.models import CustomRole, Group, Invitation, Membership
from dam.accounts.principals import Member
from dam.web import people_choice
from dam.web.administration import people
from tests.factories import PASSWORD, BrandFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client) -> Member:
    person = member(BrandFactory.create(), Role.ADMIN, name="Ada Admin")
    client.force_login(person.user)
    return person


def listed(client: Client, admin: Member, **filters: str) -> str:
    return client.get(reverse("people", args=[admin.brand.slug]), filters).content.decode()


def test_the_list_finds_by_words_role_and_state(client: Client, admin: Member) -> None:
    member(admin.brand, Role.VIEWER, name="Vera View")
    gone = member(admin.brand, Role.CREATOR, name="Greta Gone")
    Membership.objects.filter(user=gone.user).update(deactivated_at=timezone.now())
    member(BrandFactory.create(), name="Otto Other")
    plain = listed(client, admin)
    assert ("Vera View" in plain, "Greta Gone" in plain, "Otto Other" in plain) == (True, False, False)
    assert "Greta Gone" in listed(client, admin, state="deactivated")
    assert "Vera View" not in listed(client, admin, role="admin")
    assert "Vera View" in listed(client, admin, q="vera", state="all")


def test_who_comes_meanwhile_shifts_no_page(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "PAGE", 2)
    for name in ("Bea", "Cem", "Dot"):
        member(admin.brand, Role.VIEWER, name=name)
    address = reverse("people", args=[admin.brand.slug])
    following = client.get(address).context["page"].next
    member(admin.brand, Role.VIEWER, name="Abe")
    rows = client.get(f"{address}{following}").context["rows"]
    assert [row.user.name for row in rows] == ["Cem", "Dot"]


def test_the_list_asks_the_database_as_often_for_many_as_for_few(client: Client, admin: Member) -> None:
    listed(client, admin)
    with CaptureQueriesContext(connection) as few:
        listed(client, admin)
    group = Group.objects.create(brand=admin.brand, name="Night")
    for _ in range(5):
        group.members.add(member(admin.brand).user)
    with CaptureQueriesContext(connection) as many:
        listed(client, admin)
    assert len(many) == len(few)


def test_a_persons_page_says_where_they_stand_and_being_here_is_noted(client: Client, admin: Member) -> None:
    other = member(admin.brand, Role.VIEWER, name="Vera View")
    address = reverse("person", args=[admin.brand.slug, other.user.pk])
    assert "Not seen yet" in client.get(address).content.decode()
    theirs = Client()
    theirs.force_login(other.user)
    theirs.get(reverse("library", args=[admin.brand.slug]))
    assert "Not seen yet" not in client.get(address).content.decode()


def test_who_runs_people_alone_reads_no_titles_of_what_waits_for_them(client: Client) -> None:
    case = Case()
    case.version.asset.title = "Secret summer"
    case.version.asset.save()
    case.submit()
    own = CustomRole.objects.create(brand=case.brand, name="HR", capabilities=["view", "manage_people"])
    hr = member(case.brand)
    Membership.objects.filter(user=hr.user).update(role="", custom_role=own)
    admin = member(case.brand, Role.ADMIN)
    for person, sees in ((hr, False), (admin, True)):
        client.force_login(person.user)
        for page in ("person", "person-deactivate"):
            address = reverse(page, args=[case.brand.slug, case.brand_reviewer.user.pk])
            shown = client.get(address).content.decode()
            assert ("Secret summer" in shown) is sees
            assert "Nothing is waiting" not in shown


@pytest.mark.parametrize("page", ["person-close", "person-erase"])
def test_who_signs_in_by_the_company_alone_is_asked_for_it_again(client: Client, page: str) -> None:
    """Allauth would ask nothing of somebody without a password."""
    admin = member(BrandFactory.create(), Role.ADMIN, is_superuser=True)
    admin.user.set_unusable_password()
    admin.user.save()
    client.force_login(admin.user)
    other = member(admin.brand)
    answer = client.post(reverse(page, args=[admin.brand.slug, other.user.pk]))
    assert answer.status_code == 302
    assert reverse("account_confirm_elsewhere") in answer.headers["Location"]
    other.user.refresh_from_db()
    assert other.user.is_active


def test_closing_and_removing_ask_for_the_password_and_need_the_installation_administrator(
    client: Client, admin: Member
) -> None:
    other = member(admin.brand, name="Vera View")
    erase = reverse("person-erase", args=[admin.brand.slug, other.user.pk])
    assert client.post(erase).status_code == 403
    admin.user.is_superuser = True
    admin.user.save()
    assert client.post(erase)["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert client.get(erase).status_code == 200
    client.post(erase)
    page = client.get(reverse("person", args=[admin.brand.slug, other.user.pk])).content.decode()
    assert "Vera View" not in page
    assert "Former member" in page


def test_no_note_and_no_list_is_cut_without_a_word(client: Client, admin: Member) -> None:
    client.force_login(admin.user)
    address = reverse("people-invite", args=[admin.brand.slug])
    people = {"people": "ada@example.com", "role": "creator", "step": "send"}
    for form in ({**people, "note": "x" * 501}, {**people, "people": "ada@example.com\n" * 20_000}):
        answer = client.post(address, form)
        assert answer.status_code == 422
        assert str(form["note" if "note" in form else "people"])[-400:-1] in answer.content.decode()
    assert not Invitation.objects.exists()


def test_saving_a_group_keeps_those_who_are_too_many_to_be_offered(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    group = Group.objects.create(brand=admin.brand, name="Reviewers")
    theirs = [member(admin.brand, name=f"Zed {number}").user for number in range(3)]
    group.members.set(theirs)
    address = reverse("group", args=[admin.brand.slug, group.pk])
    page = client.get(address).content.decode()
    assert all(user.name in page for user in theirs)
    client.post(address, {"name": "Legal", "member": [user.pk for user in theirs]})
    assert set(group.members.all()) == set(theirs)


def test_whoever_is_not_listed_joins_a_group_by_address(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    client.force_login(admin.user)
    group = Group.objects.create(brand=admin.brand, name="Reviewers")
    zed = member(admin.brand, name="Zed").user
    stranger = member(BrandFactory.create(), name="Zoe").user
    address = reverse("group", args=[admin.brand.slug, group.pk])
    assert "Add people who aren't listed" in client.get(address).content.decode()
    refused = client.post(address, {"name": "Reviewers", "addresses": f"{zed.email}, {stranger.email}"})
    assert refused.status_code == 422
    assert f"No one here has the address {stranger.email}." in refused.content.decode()
    assert not group.members.exists()
    client.post(address, {"name": "Reviewers", "addresses": zed.email.upper()})
    assert set(group.members.all()) == {zed}


def test_work_is_handed_over_to_somebody_who_is_not_listed(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[object] = []

    def hand_over(_member: Member, *, heir: object, **_by: object) -> int:
        handed.append(heir)
        return 1

    monkeypatch.setattr(people_choice, "MOST_LISTED", 1)
    monkeypatch.setattr(handover, "count", lambda member: 1)
    monkeypatch.setattr(handover, "hand_over", hand_over)
    client.force_login(admin.user)
    leaving, heir = member(admin.brand, name="Yan"), member(admin.brand, name="Zed").user
    address = reverse("person-deactivate", args=[admin.brand.slug, leaving.user.pk])
    assert "someone who isn&#x27;t listed" in client.get(address).content.decode()
    unknown = client.post(address, {"to": "", "address": "nobody@example.com"})
    assert unknown.status_code == 422
    assert "No one here has the address" in unknown.content.decode()
    two = client.post(address, {"to": "", "address": f"{heir.email},{admin.user.email}"})
    assert two.status_code == 422
    client.post(address, {"to": "", "address": heir.email})
    assert handed == [heir]
