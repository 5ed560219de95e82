"""Lists page by page: each row once and in its order, whatever comes and goes between two pages."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.access import tokens
from dam.accounts.capabilities import Capability, Role
from dam.accounts.mail_models import OutgoingMail
from dam.accounts.models import ApiToken, Group, Invitation
from dam.accounts.principals import Member
from dam.collections import collections
from dam.search.saved.models import FruitlessSearch, SavedSearch
from dam.web import row_pages, saved, settled
from dam.web.account import tokens as own_tokens
from dam.web.administration import groups, invitations, mail
from dam.web.administration import tokens as all_tokens
from dam.web.collections import pages
from dam.web.row_pages import By
from provenance.review import queue
from provenance.review.models import Review
from provenance.web import review_lists
from tests.factories import BrandFactory, VersionFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
AT = timezone.now().replace(microsecond=0)


@pytest.fixture
def admin(client: Client) -> Member:
    person = member(BrandFactory.create(), Role.ADMIN, is_superuser=True)
    client.force_login(person.user)
    return person


def walked(rows: Any, order: Sequence[By], *, size: int = 2) -> list[Any]:
    found, request = [], HttpRequest()
    for _page in range(20):
        page = row_pages.read(rows, order, request=request, size=size)
        found += page.rows
        if not page.next:
            return found
        request.GET = QueryDict(page.next[1:])
    raise AssertionError("it goes on for ever")


def token(owner: Member, name: str) -> ApiToken:
    made, _secret = tokens.create(by=owner, name=name, capabilities=[Capability.VIEW], last_day=None, at=AT)
    return made


def test_rows_without_a_value_come_first_or_last_and_each_once(admin: Member) -> None:
    made = [token(admin, f"Token {number}") for number in range(7)]
    for number, revoked in ((0, AT), (2, AT - timedelta(days=1)), (3, AT), (5, AT - timedelta(days=2))):
        ApiToken.objects.filter(pk=made[number].pk).update(revoked_at=revoked)
    rows = ApiToken.objects.filter(brand=admin.brand)
    assert [each.name[-1] for each in walked(rows, all_tokens.ORDER)] == list("6413025")
    last = (By("revoked_at", datetime, empty="last"), By("pk", int))
    assert [each.name[-1] for each in walked(rows, last)] == list("5203146")


def test_reviews_go_on_where_the_page_before_ended() -> None:
    """By two dates of which either may be missing, the moment, the place in a set and the key."""
    case = Case()
    for number in range(9):
        Review.objects.create(
            brand=case.brand,
            version=VersionFactory.create(asset__brand=case.brand),
            submitted_by=case.creator.user,
            submitted_at=AT - timedelta(hours=number % 2),
            due_at=(None, AT, AT + timedelta(days=1))[number % 3],
            stage_due_at=(None, None, AT)[number // 3],
            set_place=(None, 1, 2)[number % 3],
            content_sha256="",
            stages=[],
        )
    rows = Review.objects.filter(brand=case.brand)
    assert walked(rows, review_lists.SOONEST_FIRST) == list(rows.order_by(*queue.SOONEST_FIRST))


def listed(client: Client, address: str, key: str = "page", asked: str = "?") -> list[list[Any]]:
    found, following = [], asked
    while following:
        page = client.get(f"{address}{following}").context[key]
        found.append(page.rows)
        following = page.next
        assert len(found) < 20
    return found


def names(found: list[list[Any]]) -> list[list[str]]:
    return [[each.name for each in page] for page in found]


def test_groups_go_on_by_name(client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "PAGE", 2)
    for name in ("Zoe", "Ärzte", "berlin"):
        Group.objects.create(brand=admin.brand, name=name)
    address = reverse("groups", args=[admin.brand.slug])
    assert names(listed(client, address)) == [["Ärzte", "berlin"], ["Zoe"]]
    following = client.get(address).context["page"].next
    Group.objects.create(brand=admin.brand, name="Aachen")
    assert names([client.get(address + following).context["page"].rows]) == [["Zoe"]]
    Group.objects.filter(name="Zoe").delete()
    again = client.get(address + following)  # nothing is behind it any more: the beginning, not an empty page
    assert names([again.context["page"].rows]) == [["Aachen", "Ärzte"]]
    assert b"To the beginning" not in again.content


def test_saved_searches_go_on_behind_the_pinned_ones(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "PAGE", 2)
    for name, pinned in (("c", False), ("z", True), ("a", False), ("y", True), ("b", False), ("x", True)):
        SavedSearch.objects.create(
            brand=admin.brand,
            owner=admin.user,
            name=name,
            words=name,
            digest=name,
            collection=pinned,
            shared=pinned,
        )
    assert names(listed(client, reverse("saved-searches", args=[admin.brand.slug]))) == [
        ["x", "y"],
        ["z", "a"],
        ["b", "c"],
    ]


def test_tokens_invitations_mails_and_words_go_on(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (own_tokens, all_tokens, invitations, mail, settled):
        monkeypatch.setattr(module, "PAGE", 2)
    slug = [admin.brand.slug]
    for number in range(3):
        token(admin, str(number))
        Invitation.objects.create(
            brand=admin.brand,
            email=f"p{number}@example.com",
            role="viewer",
            invited_by=admin.user,
            expires_at=AT + timedelta(days=3),
        )
        OutgoingMail.objects.create(brand=admin.brand, failed_at=AT, name="test", address="p@example.com")
        FruitlessSearch.objects.create(
            brand=admin.brand, words=str(number), count=number // 2 + 1, last_at=AT
        )
    assert [len(page) for page in listed(client, reverse("administration-api", args=slug))] == [2, 1]
    assert names(listed(client, reverse("account_tokens"))) == [["2", "1"], ["0"]]
    out = listed(client, reverse("invitations", args=slug), asked="?state=all")
    assert [[row.email[1] for row in page] for page in out] == [["2", "1"], ["0"]]
    failed = listed(client, reverse("administration-mail", args=slug), "failed")
    assert len({row.pk for page in failed for row in page}) == 3
    words = listed(client, reverse("searches-without-results", args=slug))
    assert [[row.words for row in page] for page in words] == [["2", "0"], ["1"]]


def test_all_collections_inside_one_are_reached(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_OF_INNER", 2)
    outer = collections.create("Outer", by=admin)
    for name in ("b", "a", "c"):
        collections.create(name, by=admin, parent=outer)
    address = reverse("collection", args=[admin.brand.slug, outer.pk])
    assert names(listed(client, address)) == [["a", "b"], ["c"]]


def test_a_page_further_on_asks_no_more_of_the_database(
    client: Client, admin: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_tokens, "PAGE", 2)
    for number in range(5):
        token(admin, str(number))
    address = reverse("administration-api", args=[admin.brand.slug])
    following = client.get(address).context["page"].next
    with CaptureQueriesContext(connection) as first:
        client.get(address)
    with CaptureQueriesContext(connection) as second:
        client.get(address + following)
    assert len(second) == len(first)
    asked = " ".join(query["sql"] for query in second)
    assert "OFFSET" not in asked
