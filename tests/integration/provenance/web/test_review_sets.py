"""Sending several clips to review at once, their page, and the room of one of them."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Asset, Processing, Version
from dam.collections import collections, items
from provenance.review import choosing, reviews, sending_sets
from provenance.review.models import Review
from provenance.review.plans import Planned
from provenance.review.set_models import ReviewSet
from provenance.review.states import DecisionKind
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import decide, page, signed_in
from tests.review_factory import Case
from tests.review_sets import drafts, send
from tests.review_templates import template

pytestmark = pytest.mark.django_db


def choose(by: Member, versions: list[Version], **fields: Any) -> Any:
    given = {"asset": [str(version.asset_id) for version in versions], **fields}
    return signed_in(by).post(reverse("selection-review", args=[by.brand.slug]), given)


def filled(shown: Any, **changes: Any) -> dict[str, Any]:
    """The form of the page as it would be sent."""
    fields: dict[str, Any] = {"asset": []}
    for name, value in re.findall(
        r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', shown.content.decode()
    ):
        if name == "asset":
            fields["asset"].append(value)
        else:
            fields[name] = value
    return {**fields, "title": "Spring", **changes}


def post(by: Member, fields: dict[str, Any]) -> Any:
    return signed_in(by).post(reverse("review-set-send", args=[by.brand.slug]), fields)


def test_the_page_says_what_can_be_sent_with_which_stages_and_what_cannot_and_why() -> None:
    case = Case()
    template(case.brand, Planned("legal", "Market FR"), title="France", rule="kind:still", by_hand=False)
    film, still, failed = drafts(case, 3)
    Version.objects.filter(pk=still.pk).update(kind="still")
    Version.objects.filter(pk=failed.pk).update(processing=Processing.FAILED)
    shown = choose(case.creator, [film, still, failed])
    assert shown.status_code == 200
    assert [group.versions for group in shown.context["groups"]] == [[film], [still]]
    assert [each.version for each in shown.context["refused"]] == [failed]
    words = shown.content.decode()
    assert "Market FR" in words
    assert "Send 2 clips to review" in words
    assert "These clips match the rule kind:still." in words


def test_sending_leads_to_the_page_of_the_set() -> None:
    case = Case()
    clips = drafts(case, 3)
    answer = post(case.creator, filled(choose(case.creator, clips), note="For May"))
    review_set = ReviewSet.objects.get()
    assert answer.headers["Location"] == reverse("review-set", args=[case.brand.slug, review_set.pk])
    assert list(review_set.reviews.order_by("set_place").values_list("version", flat=True)) == [
        each.pk for each in clips
    ]
    shown = page(case.brand_reviewer, "review-set", review_set.pk)
    assert "0 of 3 decided" in shown
    assert "Waiting for you 3" in shown
    assert "For May" in shown


def test_a_second_click_leads_to_the_set_that_the_first_made() -> None:
    case = Case()
    fields = filled(choose(case.creator, drafts(case, 2)))
    first, second = post(case.creator, fields), post(case.creator, fields)
    assert first.headers["Location"] == second.headers["Location"]
    assert (ReviewSet.objects.count(), Review.objects.count()) == (1, 2)


def test_what_was_left_out_meanwhile_is_said() -> None:
    case = Case()
    good, gone = drafts(case, 2)
    fields = filled(choose(case.creator, [good, gone]))
    Version.objects.filter(pk=gone.pk).update(processing=Processing.FAILED)
    answer = post(case.creator, fields)
    assert answer.status_code == 200
    assert [version for version, _reason in answer.context["left_out"]] == [gone]
    assert Review.objects.get().version == good


def test_without_a_title_nothing_is_sent_and_the_page_comes_again_with_what_was_entered() -> None:
    case = Case()
    clips = drafts(case, 2)
    answer = post(case.creator, filled(choose(case.creator, clips), title="", note="For May"))
    assert answer.status_code == 422
    assert "Enter a title." in answer.content.decode()
    assert "For May" in answer.content.decode()
    assert answer.context["sendable"] == clips
    assert not Review.objects.exists()


def test_more_clips_than_a_set_can_have_are_refused_before_anything_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("provenance.web.sending_sets.MOST", 2)
    monkeypatch.setattr(sending_sets, "MOST", 2)
    case = Case()
    clips = drafts(case, 3)
    for answer in (choose(case.creator, clips), choose(case.creator, [], all="1", query="")):
        assert answer.headers["Location"] == reverse("library", args=[case.brand.slug])
    client = signed_in(case.creator)
    client.post(
        reverse("selection-review", args=[case.brand.slug]), {"asset": [each.asset_id for each in clips]}
    )
    told = client.get(reverse("library", args=[case.brand.slug])).content.decode()
    assert "Choose at most 2 clips" in told


def test_clips_of_another_brand_and_of_the_trash_are_not_among_them() -> None:
    case, other = Case(), Case()
    (mine, trashed), (theirs,) = drafts(case, 2), drafts(other, 1)
    Asset.objects.filter(pk=trashed.asset_id).update(trashed_at=timezone.now())
    shown = choose(case.creator, [theirs, trashed, mine])
    assert shown.context["sendable"] == [mine]
    assert shown.context["refused"] == []


def test_a_template_is_chosen_by_hand_for_all_that_no_rule_chooses_for() -> None:
    case = Case()
    market = template(case.brand, Planned("legal", "Market"))
    clips = drafts(case, 2)
    shown = choose(case.creator, clips, template=str(market.pk), title="Spring", key=str(uuid4()))
    assert "Market" in shown.content.decode()
    assert 'value="Spring"' in shown.content.decode()
    post(case.creator, filled(shown, template=str(market.pk)))
    assert {review.template for review in Review.objects.all()} == {market}


def test_a_collection_is_sent_in_its_order_under_its_name() -> None:
    case = Case()
    clips = drafts(case, 3)
    row = collections.create("Spring films", by=case.creator)
    items.add(row, [each.asset_id for each in clips[::-1]], by=case.creator)
    shown = choose(case.creator, [], collection=str(row.pk))
    assert shown.context["sendable"] == clips[::-1]
    assert 'value="Spring films"' in shown.content.decode()
    stranger = member(BrandFactory.create(), Role.CREATOR)
    assert choose(stranger, [], collection=str(row.pk)).status_code == 302


def test_a_set_of_another_brand_is_not_there() -> None:
    case, other = Case(), Case()
    sent = send(drafts(case, 1), by=case.creator)
    address = reverse("review-set", args=[other.brand.slug, sent.review_set.pk])
    assert signed_in(other.brand_reviewer).get(address).status_code == 404


def test_the_page_narrows_to_what_waits_and_shows_no_clip_that_is_not_seen() -> None:
    case = Case()
    sent = send(drafts(case, 3), by=case.creator)
    first, second, hidden = sent.reviews
    Asset.objects.filter(pk=hidden.version.asset_id).update(trashed_at=timezone.now())
    decide(first, by=case.brand_reviewer, kind="reject", comment="No")
    client = signed_in(case.brand_reviewer)
    address = reverse("review-set", args=[case.brand.slug, sent.review_set.pk])

    def rows(**asked: str) -> list[Review]:
        return [row["review"] for row in client.get(address, asked).context["rows"]]

    assert rows() == [first, second]
    assert rows(show="waiting") == [second]
    assert rows(show="rejected") == [first]
    assert rows(show="nonsense") == [first, second]


def test_a_set_is_one_entry_of_the_inbox() -> None:
    case = Case()
    sent = send(drafts(case, 3), by=case.creator)
    shown = page(case.brand_reviewer, "reviews")
    assert "3 of 3 clips waiting for you" in shown
    assert "Clip 2" not in shown
    decide(sent.reviews[0], by=case.brand_reviewer, kind="reject", comment="No")
    assert "2 of 3 clips waiting for you · 1 of 3 decided" in page(case.brand_reviewer, "reviews")


def test_lists_cost_as_many_queries_however_many_sets_and_clips_there_are() -> None:
    case = Case()
    client = signed_in(case.brand_reviewer)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            client.get(address)
        return len(captured)

    first = send(drafts(case, 2), by=case.creator).review_set
    inbox = reverse("reviews", args=[case.brand.slug])
    few = queries(inbox), queries(reverse("review-set", args=[case.brand.slug, first.pk]))
    second = send(drafts(case, 6), by=case.creator).review_set
    many = queries(inbox), queries(reverse("review-set", args=[case.brand.slug, second.pk]))
    assert few == many


def test_the_room_says_where_the_clip_stands_and_leads_on() -> None:
    case = Case()
    sent = send(drafts(case, 3), by=case.creator)
    first, second, third = sent.reviews
    client = signed_in(case.brand_reviewer)
    shown = client.get(reverse("review", args=[case.brand.slug, second.pk])).content.decode()
    assert "2 of 3 in “Spring”" in " ".join(shown.split())
    for step, review in (("previous", first), ("next", third)):
        link = re.search(rf'href="([^"]+)"\s+data-set-step="{step}"', shown)
        assert link is not None
        assert link[1] == reverse("review", args=[case.brand.slug, review.pk])


def test_after_a_decision_the_next_of_the_set_comes_up() -> None:
    case = Case()
    alone = case.submit()
    first, second = send(drafts(case, 2), by=case.creator).reviews
    led = []
    for review in (second, first):
        answer = decide(review, by=case.brand_reviewer, kind="reject", comment="No")
        led.append(answer.headers["HX-Redirect"])
    assert [str(first.pk) in led[0], str(alone.pk) in led[1]] == [True, True]


def test_the_selection_offers_it_to_those_who_submit() -> None:
    case = Case()
    drafts(case, 1)
    address = reverse("library", args=[case.brand.slug])
    action = reverse("selection-review", args=[case.brand.slug])
    assert action in signed_in(case.creator).get(address).content.decode()
    assert action not in signed_in(case.brand_reviewer).get(address).content.decode()


def test_the_page_of_a_clip_names_the_set_to_those_who_work_in_the_brand() -> None:
    case = Case()
    sent = send(drafts(case, 1), by=case.creator)
    asset = sent.reviews[0].version.asset_id
    assert "Sent to review in “Spring”" in page(case.creator, "asset-review", asset)


def change(by: Member, review_set: ReviewSet, **fields: Any) -> Any:
    return signed_in(by).post(reverse("review-set-change", args=[by.brand.slug, review_set.pk]), fields)


def test_clips_are_sent_into_a_set_that_is_there_without_a_title_of_their_own() -> None:
    case = Case()
    one, two = drafts(case, 2)
    there = send([one], by=case.creator, note="For May").review_set
    shown = choose(case.creator, [two])
    assert list(shown.context["form"].fields["into"].queryset) == [there]
    answer = post(case.creator, filled(shown, title="", into=str(there.pk)))
    assert answer.headers["Location"] == reverse("review-set", args=[case.brand.slug, there.pk])
    assert list(there.reviews.order_by("set_place").values_list("version", flat=True)) == [one.pk, two.pk]
    assert ReviewSet.objects.count() == 1


def test_a_set_of_somebody_else_is_neither_offered_nor_taken() -> None:
    case = Case()
    other = member(case.brand)
    one, two = drafts(case, 2)
    theirs = send([one], by=other).review_set
    shown = choose(case.creator, [two])
    assert "into" not in shown.context["form"].fields
    send([drafts(case, 1)[0]], by=case.creator, title="Mine")
    answer = post(case.creator, filled(choose(case.creator, [two]), into=str(theirs.pk)))
    assert answer.status_code == 422
    assert "That set is no longer in review." in answer.content.decode()
    assert theirs.reviews.count() == 1


def test_without_a_set_a_title_is_still_needed() -> None:
    case = Case()
    one, two = drafts(case, 2)
    send([one], by=case.creator)
    answer = post(case.creator, filled(choose(case.creator, [two]), title=""))
    assert answer.status_code == 422
    assert "Enter a title." in answer.content.decode()


def test_taking_out_leads_to_a_page_with_the_way_back_that_bears_a_reload() -> None:
    case = Case()
    sent = send(drafts(case, 2), by=case.creator)
    answer = change(case.creator, sent.review_set, do="take_out", review=[str(sent.reviews[0].pk)])
    where = answer.headers["Location"]
    for _again in range(2):
        shown = signed_in(case.creator).get(where)
        assert [each.pk for each in shown.context["out"]] == [sent.reviews[0].pk]
    change(case.creator, sent.review_set, do="put_back", review=[str(sent.reviews[0].pk)])
    assert signed_in(case.creator).get(where).context["out"] == []


def test_the_last_clip_taken_out_leads_to_the_list_of_reviews() -> None:
    case = Case()
    sent = send(drafts(case, 1), by=case.creator)
    answer = change(case.creator, sent.review_set, do="take_out", review=[str(sent.reviews[0].pk)])
    assert answer.headers["Location"] == reverse("reviews", args=[case.brand.slug])


@pytest.mark.parametrize("sent", [{}, {"do": "explode"}])
def test_an_unknown_change_is_refused(sent: dict[str, str]) -> None:
    case = Case()
    review_set = send(drafts(case, 1), by=case.creator).review_set
    assert change(case.creator, review_set, **sent).status_code == 400


def test_a_title_too_long_is_said_and_kept_in_the_form() -> None:
    case = Case()
    review_set = send(drafts(case, 1), by=case.creator).review_set
    answer = change(case.creator, review_set, do="rename", title="x" * 121)
    assert answer.status_code == 422
    assert "x" * 121 in answer.content.decode()


def test_the_review_form_of_a_new_version_offers_the_place_of_the_earlier_one() -> None:
    case = Case()
    clips = drafts(case, 2)
    sent = send(clips, by=case.creator)
    reviews.withdraw(sent.reviews[0], by=case.creator)
    panel = signed_in(case.creator).get(reverse("asset-review", args=[case.brand.slug, clips[0].asset_id]))
    assert "Send it as part of “Spring”" in panel.content.decode()
    fields = {"in_set": "on", "seen": choosing.of(clips[0]).seen}
    where = reverse("review-submit", args=[case.brand.slug, clips[0].asset_id])
    signed_in(case.creator).post(where, fields)
    again = Review.objects.get(version=clips[0], state="open")
    assert (again.review_set, again.set_place) == (sent.review_set, 1)
    assert sent.review_set.reviews.count() == 2


def test_what_came_back_of_a_set_is_one_entry_and_leads_to_those_clips() -> None:
    case = Case()
    sent = send(drafts(case, 3, created_by=case.creator.user), by=case.creator)
    for review in sent.reviews[:2]:
        reviews.decide(
            review,
            by=case.brand_reviewer,
            kind=DecisionKind.REQUEST_CHANGES,
            expected_sha256=review.content_sha256,
            comment="Darker",
        )
    listed = signed_in(case.creator).get(reverse("reviews", args=[case.brand.slug]), {"show": "returned"})
    words = listed.content.decode()
    assert len(listed.context["rows"]) == 1
    assert "2 of 3 clips returned to you" in words
    assert f"{sent.review_set.pk}/?show=returned" in words
    shown = signed_in(case.creator).get(
        reverse("review-set", args=[case.brand.slug, sent.review_set.pk]), {"show": "returned"}
    )
    assert [row["review"].pk for row in shown.context["rows"]] == [each.pk for each in sent.reviews[:2]]
    assert "Darker" in shown.content.decode()
