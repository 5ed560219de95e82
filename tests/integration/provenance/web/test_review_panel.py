"""Review on the asset page."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.catalog.models import Approval, Processing, Version
from provenance.review import comments, reviews
from provenance.review.models import LedgerEntry, Review
from provenance.review.states import DecisionKind
from tests.factories import PASSWORD, member, release
from tests.integration.provenance.web.panel import panel, send
from tests.integration.provenance.web.room import signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def test_the_maker_of_a_draft_can_send_it_to_review() -> None:
    case = Case()
    assert "Send to review" in panel(case, case.creator)
    response = send(case, "review-submit", case.creator, note="For the summer page", due_on="")
    assert response["HX-Refresh"] == "true"
    review = Review.objects.get()
    assert (review.note, review.due_at, review.submitted_by) == (
        "For the summer page",
        None,
        case.creator.user,
    )


def test_a_due_day_lasts_until_its_end() -> None:
    case = Case()
    tomorrow = timezone.localdate() + timedelta(days=1)
    send(case, "review-submit", case.creator, due_on=tomorrow.isoformat())
    due_at = Review.objects.get().due_at
    assert due_at is not None
    assert timezone.localtime(due_at).strftime("%Y-%m-%d %H:%M:%S") == f"{tomorrow} 23:59:59"


def test_a_due_day_in_the_past_comes_back() -> None:
    case = Case()
    response = send(case, "review-submit", case.creator, due_on="2020-01-01")
    assert response.status_code == 422
    assert "This date has passed" in response.content.decode()
    assert not Review.objects.exists()


def test_a_second_click_says_that_it_is_in_review() -> None:
    case = Case()
    case.submit()
    response = send(case, "review-submit", case.creator)
    assert response.status_code == 422
    assert Review.objects.count() == 1


def test_what_is_still_processed_says_so_instead_of_the_form() -> None:
    case = Case()
    Version.objects.update(processing=Processing.RUNNING)
    shown = panel(case, case.creator)
    assert "still processing" in shown
    assert reverse("review-submit", args=[case.brand.slug, case.version.asset_id]) not in shown


def test_a_reviewer_is_led_to_the_room() -> None:
    case = Case()
    case.submit()
    assert "Review and decide" in panel(case, case.brand_reviewer)
    assert "Open review" in panel(case, case.legal_reviewer)


def test_a_refusal_is_shown_with_its_reason() -> None:
    case = Case()
    reviews.decide(
        case.submit(),
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="The logo is old",
    )
    shown = panel(case, case.creator)
    assert "requested changes" in shown
    assert "The logo is old" in shown
    assert "Send to review" in shown


def test_a_viewer_reads_the_outcome_and_nothing_of_the_talk() -> None:
    case = Case()
    case.approve_all()
    release(case.version)
    comments.add(case.version, by=case.creator, body="Between ourselves")
    shown = panel(case, member(case.brand, Role.VIEWER))
    assert "Approved for web, in the EU" in shown
    assert "Between ourselves" not in shown
    assert str(case.legal_reviewer) not in shown


def test_an_approval_is_withdrawn_with_a_reason() -> None:
    case = Case()
    case.approve_all()
    assert "Withdraw approval" in panel(case, case.legal_reviewer)
    for given in ({"reason": ""}, {"reason": "Licence ended"}, {"reason": "Licence ended", "password": "no"}):
        answer = send(case, "review-revoke", case.legal_reviewer, **given)
        assert answer.status_code == 422
        assert "withdraws the approval of this version" in answer.text
    case.version.refresh_from_db()
    assert case.version.approval == Approval.APPROVED
    given = {"reason": "Licence ended", "password": PASSWORD}
    assert send(case, "review-revoke", case.legal_reviewer, **given)["HX-Refresh"] == "true"
    assert json.loads(LedgerEntry.objects.latest("sequence").record)["signed_in"] == "password"
    case.version.refresh_from_db()
    assert case.version.approval == Approval.WITHDRAWN


def test_a_creator_is_not_offered_to_withdraw_an_approval() -> None:
    case = Case()
    case.approve_all()
    assert "Withdraw approval" not in panel(case, case.creator)


def test_a_clip_that_was_sent_back_offers_each_way_to_another_version_once() -> None:
    case = Case()
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REJECT,
        expected_sha256=case.version.sha256,
        comment="No",
    )
    asset = reverse("asset", args=[case.brand.slug, case.version.asset_id])
    for tab in ("review", "versions"):
        shown = signed_in(case.creator).get(asset, {"tab": tab}).content.decode()
        shown += panel(case, case.creator) if tab == "review" else ""
        assert shown.count("Upload a new version</button>") == 1
        assert shown.count(f"/generate/?asset={case.version.asset_id}") == 1


def test_a_withdrawn_approval_says_why_in_the_panel() -> None:
    case = Case()
    case.approve_all()
    reviews.revoke(case.version, by=case.legal_reviewer, reason="The music licence ended early.")
    assert "The music licence ended early." in panel(case, case.creator).partition("Releases")[0]


def test_an_earlier_version_is_not_sent_to_review_but_points_to_the_newest() -> None:
    case = Case()
    case.add_version()
    address = reverse("asset-review", args=[case.brand.slug, case.version.asset_id])
    shown = signed_in(case.creator).get(address, {"version": "1"}).content.decode()
    assert "A newer version has replaced this one." in shown
    assert "Go to version 2" in shown
    answer = signed_in(case.creator).post(
        reverse("review-submit", args=[case.brand.slug, case.version.asset_id], query={"version": 1})
    )
    assert (answer.status_code, Review.objects.count()) == (422, 0)


def test_the_approval_of_a_released_version_can_be_withdrawn_beside_a_draft() -> None:
    case = Case()
    case.approve_all()
    release(case.version)
    case.add_version()
    address = reverse("review-revoke", args=[case.brand.slug, case.version.asset_id], query={"version": 1})
    signed_in(case.legal_reviewer).post(address, {"reason": "Ended", "password": PASSWORD})
    case.version.refresh_from_db()
    assert case.version.approval == Approval.WITHDRAWN


def test_what_reviewers_said_stands_before_the_form_that_sends_it_again() -> None:
    case = Case()
    assert panel(case, case.creator).index('id="send"') < panel(case, case.creator).index('id="comments"')
    review = case.submit()
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="The logo flickers",
    )
    again = panel(case, case.creator)
    assert again.index('id="comments"') < again.index('id="send"')


@pytest.mark.parametrize(
    ("name", "person", "sent"),
    [("review-submit", "creator", "note"), ("review-revoke", "legal_reviewer", "reason")],
)
def test_a_form_sent_without_htmx_comes_back_on_a_page_of_its_own(name: str, person: str, sent: str) -> None:
    case = Case()
    if name == "review-revoke":
        case.approve_all()
    address = reverse(name, args=[case.brand.slug, case.version.asset_id])
    data = {"note": "Kept words", "due_on": "1999-01-01"} if sent == "note" else {"reason": ""}
    response = signed_in(getattr(case, person)).post(address, data)
    shown = response.content.decode()
    assert (response.status_code, "</html>" in shown) == (422, True)
    assert 'aria-invalid="true"' in shown
    assert sent == "reason" or "Kept words" in shown
