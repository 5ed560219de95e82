"""Review on the asset page, and the comments."""

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Approval, Processing, Version
from provenance.review import comments, reviews
from provenance.review.models import Comment, Review
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, member, release
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def signed_in(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def panel(case: Case, person: Member) -> str:
    response = signed_in(person).get(reverse("asset-review", args=[case.brand.slug, case.version.asset_id]))
    assert response.status_code == 200
    return response.content.decode()


def send(case: Case, name: str, person: Member, **data: Any) -> Any:
    address = reverse(name, args=[case.brand.slug, case.version.asset_id])
    return signed_in(person).post(address, data, headers=HTMX)


def comment(case: Case, person: Member, **data: Any) -> Any:
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    return signed_in(person).post(address, data, headers=HTMX)


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
    assert send(case, "review-revoke", case.legal_reviewer, reason="").status_code == 422
    assert send(case, "review-revoke", case.legal_reviewer, reason="Licence ended")["HX-Refresh"] == "true"
    case.version.refresh_from_db()
    assert case.version.approval == Approval.WITHDRAWN


def test_a_creator_is_not_offered_to_withdraw_an_approval() -> None:
    case = Case()
    case.approve_all()
    assert "Withdraw approval" not in panel(case, case.creator)


def test_a_comment_keeps_the_frame_that_was_on_screen() -> None:
    case = Case()
    response = comment(case, case.creator, body="The logo flickers", frame="31", at_frame="on")
    assert response.status_code == 200
    assert Comment.objects.get().frame == 31
    shown = response.content.decode()
    assert 'data-seek-frame="31"' in shown
    assert "00:00:01:07" in shown
    found = re.search(r'data-markers="(.*?)"', shown)
    assert found is not None
    assert [marker["frame"] for marker in json.loads(html.unescape(found[1]))] == [31]


def test_a_comment_may_be_about_the_whole_clip() -> None:
    case = Case()
    comment(case, case.creator, body="Lovely", frame="31")
    assert Comment.objects.get().frame is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"body": " "}, "Write a comment first."),
        ({"body": "Here", "frame": "48", "at_frame": "on"}, "have that frame."),
    ],
)
def test_a_comment_that_cannot_be_kept_comes_back(data: dict[str, str], message: str) -> None:
    case = Case()
    response = comment(case, case.creator, **data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Comment.objects.exists()


def test_what_somebody_writes_is_text_and_never_markup() -> None:
    case = Case()
    response = comment(
        case, case.creator, body="</script><script>alert(1)</script>", frame="0", at_frame="on"
    )
    assert b"<script>alert" not in response.content


def test_a_comment_is_resolved_and_a_second_click_does_no_harm() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    address = reverse("comment-resolve", args=[case.brand.slug, remark.pk])
    for _ in range(2):
        response = signed_in(case.brand_reviewer).post(address, headers=HTMX)
        assert response.status_code == 200
    assert "Resolved by" in response.content.decode()


def test_a_comment_of_another_brand_is_not_there() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers")
    stranger = member(BrandFactory.create(), Role.ADMIN)
    slug = stranger.brand.slug
    client = signed_in(stranger)
    assert client.post(reverse("comment-resolve", args=[slug, remark.pk])).status_code == 404
    assert client.post(reverse("comment-add", args=[slug, case.version.pk])).status_code == 404
    assert client.get(reverse("comments", args=[slug, case.version.pk])).status_code == 404
    assert client.get(reverse("asset-review", args=[slug, case.version.asset_id])).status_code == 404


def kept_typed(page: str) -> list[str]:
    """Where new words are kept when the list comes again, in order; boxes with those of old ones aside."""
    found = re.findall(r'id="([\w-]+)"[^>]*hx-preserve="true"', page)
    return [name for name in found if not name.startswith("edit-")]


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


def test_comments_stay_with_their_version_and_the_new_one_counts_those_still_open() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="The logo flickers")
    comments.resolve(comments.add(case.version, by=case.creator, body="Done"), by=case.creator)
    case.add_version()
    shown = panel(case, case.creator)
    assert "The logo flickers" not in shown
    assert re.search(r">Version 1</a>\s*has 1 open comment\.", shown)


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
    signed_in(case.legal_reviewer).post(address, {"reason": "Ended"})
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


def test_a_comment_sent_without_htmx_comes_back_on_a_page_of_its_own() -> None:
    case = Case()
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    response = signed_in(case.brand_reviewer).post(address, {"body": ""})
    assert (response.status_code, "</html>" in response.content.decode()) == (422, True)


def test_an_answer_stands_under_what_it_answers() -> None:
    case = Case()
    first = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    response = comment(case, case.brand_reviewer, body="Fixed now", answers=str(first.pk))
    assert "Fixed now" in response.text
    answer = Comment.objects.get(parent=first)
    assert (answer.body, answer.frame, answer.author) == ("Fixed now", None, case.brand_reviewer.user)
    client = Client()
    client.force_login(case.creator.user)
    page = client.get(reverse("comments", args=[case.brand.slug, case.version.pk])).text
    assert page.index("The logo flickers") < page.index("Fixed now") < page.index("Reply")
    assert comment(case, case.creator, body="Where?", answers="999999").status_code == 404
    refused = comment(case, case.creator, body="x" * 5000, answers=str(first.pk))
    reply = refused.text.split(f'id="reply-{first.pk}"')[1].split("</details>")[0]
    assert "x" * 5000 in reply  # it stays an answer
    assert "field-error" in reply
    assert 'id="comment-body"' in refused.text
    assert kept_typed(refused.text) == ["comment-body"]


def test_what_is_typed_elsewhere_stays_when_a_comment_or_an_answer_is_sent() -> None:
    case = Case()
    first, other = (comments.add(case.version, by=case.creator, body=body) for body in ("One", "Two"))
    sent = comment(case, case.creator, body="Three").text
    assert all(f'id="reply-{each.pk}"\n' in sent for each in (first, other))
    assert len(kept_typed(sent)) == 3  # each answer that may be under way, the new remark's too
    answered = comment(case, case.creator, body="Yes", answers=str(first.pk)).text
    assert len(kept_typed(answered)) == 3  # two answers, and the comment
    assert "hx-preserve" not in answered.split(f'id="reply-{first.pk}"')[1].split(">")[0]


def test_people_are_offered_by_the_beginning_of_any_of_their_names() -> None:
    case = Case()
    for name in ("Ada Lovelace", "Zoë Adams", "Ben"):
        member(case.brand, name=name)
    member(BrandFactory.create(), name="Adele Elsewhere")
    client = Client()
    client.force_login(case.creator.user)
    answer = client.get(reverse("comment-people", args=[case.brand.slug]), {"q": "ad"})
    assert answer.json() == {"names": ["Ada Lovelace", "Zoë Adams"]}


def change(case: Case, name: str, remark: Comment, person: Member, **data: Any) -> Any:
    address = reverse(name, args=[case.brand.slug, remark.pk])
    return signed_in(person).post(address, data, headers=HTMX)


def test_ones_own_comment_is_edited_and_deleted_in_its_place_and_others_are_not_offered_to() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    address = reverse("comments", args=[case.brand.slug, case.version.pk])
    edit = reverse("comment-edit", args=[case.brand.slug, remark.pk])
    assert edit in signed_in(case.creator).get(address).text
    assert edit not in signed_in(case.brand_reviewer).get(address).text
    edited = change(case, "comment-edit", remark, case.creator, body="The bottle flickers").text
    assert "The bottle flickers" in edited
    assert "Edited" in edited
    gone = change(case, "comment-delete", remark, case.creator).text
    assert "Deleted by its author" in gone
    assert "The bottle flickers" not in gone
    assert "No comments yet" not in gone
    assert reverse("comment-restore", args=[case.brand.slug, remark.pk]) in gone
    assert 'data-markers="[]"' in gone
    seen = signed_in(case.brand_reviewer).get(address).text
    assert "Deleted by its author" not in seen
    assert "No comments yet" in seen
    assert "The bottle flickers" in change(case, "comment-restore", remark, case.creator).text


def test_a_deleted_comment_with_answers_shows_all_that_it_was_there() -> None:
    case = Case()
    first = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    comments.add(case.version, by=case.brand_reviewer, body="Fixed now", answers=first)
    change(case, "comment-delete", first, case.creator)
    seen = panel(case, case.brand_reviewer)
    assert "Deleted by its author" in seen
    assert "Fixed now" in seen
    assert "The logo flickers" not in seen
    assert reverse("comment-restore", args=[case.brand.slug, first.pk]) not in seen


def test_an_edit_that_comes_too_late_says_so_and_keeps_what_was_typed() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers")
    comments.resolve(remark, by=case.brand_reviewer)
    late = change(case, "comment-edit", remark, case.creator, body="The bottle flickers")
    assert late.status_code == 422
    assert "This comment is resolved" in late.text
    assert "The bottle flickers" in late.text
    refused = change(case, "comment-delete", remark, case.creator)
    assert "This comment is resolved" in json.loads(refused["HX-Trigger"])["toast"]["text"]
    address = reverse("comment-delete", args=[case.brand.slug, remark.pk])
    answer = signed_in(case.creator).post(address, follow=True)  # without script
    assert "This comment is resolved" in answer.text


def test_the_comments_are_a_page_of_their_own_without_script() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="The logo flickers")
    shown = signed_in(case.creator).get(reverse("comments", args=[case.brand.slug, case.version.pk])).text
    assert "The logo flickers" in shown
    assert "</html>" in shown
