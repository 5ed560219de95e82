"""The lists of reviews, and what leads to them."""

import pytest
from django.urls import reverse

from dam.accounts.capabilities import Role
from provenance.review import reviews
from provenance.review.states import DecisionKind
from provenance.web import review_lists
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def test_the_queue_shows_a_reviewer_what_waits() -> None:
    case = Case()
    case.submit()
    assert case.version.asset.title in page(case.brand_reviewer, "reviews")


def test_the_queue_says_when_nothing_waits_and_shows_what_is_open() -> None:
    case = Case()
    case.submit()
    shown = page(case.legal_reviewer, "reviews")
    assert "You're all caught up." in shown
    assert case.version.asset.title in shown


@pytest.mark.parametrize(
    ("role", "figure"), [("brand_reviewer", "1"), ("legal_reviewer", ""), ("creator", "")]
)
def test_the_rail_counts_what_waits_for_this_person(role: str, figure: str) -> None:
    case = Case()
    case.submit()
    assert page(getattr(case, role), "review-count").replace(" 1 to decide", "") == figure


def test_the_rail_counts_as_far_as_the_tabs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_lists, "MOST_COUNTED", 2)
    brand = BrandFactory.create()
    first = Case(brand)
    for case in (first, Case(brand)):
        case.submit()
    assert page(first.brand_reviewer, "review-count") == "2 2 to decide"
    for case in (Case(brand), Case(brand)):
        case.submit()
    assert page(first.brand_reviewer, "review-count") == "2+ 2+ to decide"


def test_lists_show_what_is_open_and_what_was_decided() -> None:
    brand = BrandFactory.create()
    open_case, closed_case = Case(brand), Case(brand)
    open_case.submit()
    reviews.decide(
        closed_case.submit(),
        by=closed_case.brand_reviewer,
        kind=DecisionKind.REJECT,
        expected_sha256=closed_case.version.sha256,
        comment="No",
    )
    client = signed_in(open_case.creator)
    pairs = ((open_case, closed_case, "open"), (closed_case, open_case, "closed"))
    for there, elsewhere, show in pairs:
        shown = client.get(reverse("reviews", args=[brand.slug]), {"show": show}).content.decode()
        assert reverse("review", args=[brand.slug, there.version.reviews.get().pk]) in shown
        assert reverse("review", args=[brand.slug, elsewhere.version.reviews.get().pk]) not in shown


def test_a_reviewer_starts_at_the_queue_when_something_waits_and_else_in_the_library() -> None:
    case = Case()
    start = reverse("reviews-start", args=[case.brand.slug])
    client = signed_in(case.brand_reviewer)
    assert client.get(start).headers["Location"] == reverse("library", args=[case.brand.slug])
    case.submit()
    assert client.get(start).headers["Location"] == reverse("reviews", args=[case.brand.slug])


def test_a_long_list_goes_on_on_the_next_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review_lists, "RECENT", 1)
    brand = BrandFactory.create()
    waiting = {Case(brand).submit().pk for _ in range(2)}
    client, address = signed_in(member(brand, Role.CREATOR)), reverse("reviews", args=[brand.slug])
    first = client.get(address, {"show": "open"})
    pages = [first, client.get(address + first.context["page"].next)]
    assert {row["review"].pk for page in pages for row in page.context["rows"]} == waiting
    assert "To the beginning" in pages[1].content.decode()
