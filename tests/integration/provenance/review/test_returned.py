"""What was sent back waits for its maker until another version is there."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Asset
from provenance.review import queue, reviews
from provenance.review.models import Review
from provenance.review.states import DecisionKind
from tests.factories import member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def send_back(case: Case, kind: DecisionKind = DecisionKind.REQUEST_CHANGES) -> Review:
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=kind,
        expected_sha256=case.version.sha256,
        comment="The logo is too small",
    )
    return review


def returned(case: Case, asking: Member | None = None) -> list[Review]:
    return list(queue.returned_to(asking or case.creator))


def get(case: Case, name: str, person: Member, **query: str) -> str:
    client = Client()
    client.force_login(person.user)
    return client.get(reverse(name, args=[case.brand.slug], query=query)).content.decode()


@pytest.mark.parametrize("kind", [DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT])
def test_a_clip_that_was_sent_back_is_its_makers(kind: DecisionKind) -> None:
    case = Case()
    review = send_back(case, kind)
    assert returned(case) == [review]
    assert returned(case, member(case.brand, Role.LIBRARIAN)) == []


def test_another_version_takes_it_away() -> None:
    case = Case()
    send_back(case)
    case.add_version()
    assert returned(case) == []


def test_sent_to_review_again_or_thrown_away_it_waits_no_more() -> None:
    again, thrown = Case(), Case()
    send_back(again)
    again.submit()
    send_back(thrown)
    Asset.objects.filter(pk=thrown.version.asset_id).update(trashed_at=timezone.now())
    assert returned(again) == returned(thrown) == []


def test_a_clip_sent_back_twice_is_listed_once_with_the_last_words() -> None:
    case = Case()
    send_back(case)
    last = send_back(case)
    assert returned(case) == [last]


def test_what_is_open_or_approved_is_nobodys_to_change() -> None:
    case = Case()
    case.approve_all()
    assert returned(case) == []


def test_the_makers_page_says_what_was_said_and_offers_both_ways_on() -> None:
    case = Case()
    send_back(case)
    page = get(case, "reviews", case.creator)
    asset = case.version.asset_id
    assert "Returned to you" in page
    assert "The logo is too small" in page
    assert f"/assets/{asset}/?tab=versions#upload" in page
    assert f"/generate/?asset={asset}" in page


def test_the_rail_counts_it_beside_what_waits() -> None:
    case = Case()
    assert "1 to change" not in get(case, "review-count", case.creator)
    send_back(case)
    assert "1 to change" in get(case, "review-count", case.creator)
    assert get(case, "review-count", case.brand_reviewer).strip() == ""


def test_somebody_who_may_add_no_version_reads_it_without_the_ways_on() -> None:
    case = Case()
    send_back(case)
    case.brand.memberships.filter(user=case.creator.user).update(role=Role.BRAND_REVIEWER)
    page = get(case, "reviews", case.creator, show="returned")
    assert "The logo is too small" in page
    assert "Upload a new version" not in page
