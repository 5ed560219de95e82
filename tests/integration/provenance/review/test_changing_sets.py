"""Changing what was sent together: its title, clips added, taken out, put back, cancelled; new versions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.audit import trail
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Approval, Asset, Version
from provenance.review import changing_sets, choosing, reviews, sending_sets, sets
from provenance.review.models import Review
from provenance.review.sending_sets import Wanted
from provenance.review.set_models import ReviewSet
from provenance.review.states import DecisionKind, ReviewState
from tests.factories import RenditionFactory, VersionFactory, member
from tests.review_factory import Case
from tests.review_sets import drafts, send

pytestmark = pytest.mark.django_db


def wanted(versions: list[Version]) -> list[Wanted]:
    return [Wanted(version, seen=choosing.of(version).seen) for version in versions]


def newer(version: Version, case: Case) -> Version:
    made = VersionFactory.create(asset=version.asset, number=version.number + 1, created_by=case.creator.user)
    RenditionFactory.create(version=made, kind="proxy")
    Asset.objects.filter(pk=version.asset_id).update(latest=made)
    made.asset.refresh_from_db()
    return made


def request_changes(review: Review, case: Case) -> None:
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=review.content_sha256,
        comment="Darker",
    )


def test_clips_are_added_after_the_last_with_the_sets_note_and_due_date() -> None:
    case, due = Case(), timezone.now() + timedelta(days=2)
    one, two, three = drafts(case, 3)
    review_set = send([one], by=case.creator, note="For May", due_at=due).review_set
    added = changing_sets.add(review_set, wanted([two, three]), by=case.creator)
    assert [each.version for each in sets.reviews_of(review_set, case.creator)] == [one, two, three]
    assert {(each.note, each.due_at) for each in added.reviews} == {("For May", due)}
    assert list(changing_sets.addable(case.creator)) == [review_set]


def test_a_clip_that_cannot_be_sent_is_left_out_with_the_reason() -> None:
    case = Case()
    one, two = drafts(case, 2)
    review_set = send([one], by=case.creator).review_set
    added = changing_sets.add(review_set, wanted([one, two]), by=case.creator)
    assert [each.version for each in added.reviews] == [two]
    assert [version for version, _why in added.left_out] == [one]


def test_a_set_never_has_more_clips_than_one_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case()
    clips = drafts(case, 3)
    review_set = send(clips[:1], by=case.creator).review_set
    monkeypatch.setattr(sending_sets, "MOST", 2)
    added = changing_sets.add(review_set, wanted(clips[1:]), by=case.creator)
    assert [each.version for each in added.reviews] == [clips[1]]
    assert "This set has 2 clips" in added.left_out[0][1]
    assert Version.objects.get(pk=clips[2].pk).approval == Approval.DRAFT


def test_who_did_not_send_it_changes_nothing_unless_they_administer_the_brand() -> None:
    case = Case()
    review_set = send(drafts(case, 1), by=case.creator).review_set
    other, admin = member(case.brand), member(case.brand, Role.ADMIN)
    assert list(changing_sets.addable(other)) == []
    for change in (
        lambda: changing_sets.rename(review_set, "Mine", by=other),
        lambda: changing_sets.add(review_set, [], by=other),
        lambda: changing_sets.take_out(review_set, [], by=other),
        lambda: changing_sets.put_back(review_set, [], by=other),
        lambda: changing_sets.cancel(review_set, [], by=other),
    ):
        with pytest.raises(reviews.ReviewRefused, match="Only the person who sent"):
            change()
    assert changing_sets.rename(review_set, "Summer", by=admin)


def test_another_title_is_kept_and_leaves_a_trace_and_the_same_one_leaves_none() -> None:
    case = Case()
    review_set = send(drafts(case, 1), by=case.creator).review_set
    assert changing_sets.rename(review_set, "  Summer \n launch ", by=case.creator)
    assert ReviewSet.objects.get().title == "Summer launch"
    event = Event.objects.get(verb=Verb.REVIEW_SET_RENAMED)
    assert (event.target, event.data["before"]) == ("Summer launch", "Spring")
    assert not changing_sets.rename(review_set, "Summer launch", by=case.creator)
    with pytest.raises(sending_sets.SetRefused):
        changing_sets.rename(review_set, " ", by=case.creator)


def test_a_clip_taken_out_goes_on_alone_and_can_be_put_back_in_its_place() -> None:
    case = Case()
    one, two, three = drafts(case, 3)
    sent = send([one, two, three], by=case.creator)
    middle = sent.reviews[1]
    done = changing_sets.take_out(sent.review_set, [middle.pk], by=case.creator)
    assert [each.pk for each in done.reviews] == [middle.pk]
    middle.refresh_from_db()
    assert (middle.review_set, middle.state) == (None, ReviewState.OPEN)
    assert [each.version for each in sets.reviews_of(sent.review_set, case.creator)] == [one, three]
    back = changing_sets.put_back(sent.review_set, [middle.pk], by=case.creator)
    assert len(back.reviews) == 1
    assert [each.version for each in sets.reviews_of(sent.review_set, case.creator)] == [one, two, three]
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs[-2:] == [Verb.REVIEW_LEFT_SET, Verb.REVIEW_JOINED_SET]
    assert trail.first_broken(case.brand) is None


def test_only_what_was_in_a_set_of_theirs_is_put_into_one() -> None:
    case = Case()
    one, two, alone = drafts(case, 3)
    review_set = send([one], by=case.creator).review_set
    elsewhere = send([two], by=case.creator, title="Other").reviews[0]
    single = reviews.submit(alone, by=case.creator)
    done = changing_sets.put_back(review_set, [elsewhere.pk, single.pk], by=case.creator)
    assert done.reviews == []
    assert [review.pk for review, _why in done.left_out] == [elsewhere.pk]
    assert [each.version for each in sets.reviews_of(review_set, case.creator)] == [one]


def test_cancelling_ends_open_reviews_and_says_why_others_could_not_be() -> None:
    case = Case()
    sent = send(drafts(case, 2), by=case.creator)
    request_changes(sent.reviews[1], case)
    done = changing_sets.cancel(sent.review_set, [each.pk for each in sent.reviews], by=case.creator)
    assert [each.pk for each in done.reviews] == [sent.reviews[0].pk]
    assert [why for _review, why in done.left_out] == ["This review has already ended."]
    assert Version.objects.get(pk=sent.reviews[0].version_id).approval == Approval.DRAFT


def test_a_new_version_takes_the_place_of_the_one_that_came_back() -> None:
    case = Case()
    one, two = drafts(case, 2)
    sent = send([one, two], by=case.creator)
    request_changes(sent.reviews[0], case)
    second = newer(one, case)
    place = changing_sets.place_for(second, by=case.creator)
    assert place is not None
    assert place.pk == sent.reviews[0].pk
    review = changing_sets.submit_in_place(second, place, by=case.creator)
    assert [each.version for each in sets.reviews_of(sent.review_set, case.creator)] == [second, two]
    assert review.set_place == 1
    assert sets.progress([sent.review_set.pk], case.brand_reviewer)[sent.review_set.pk].total == 2


def test_there_is_no_place_while_the_review_runs_nor_outside_a_set() -> None:
    case = Case()
    one, two = drafts(case, 2)
    send([one], by=case.creator)
    assert changing_sets.place_for(one, by=case.creator) is None
    assert changing_sets.place_for(two, by=case.creator) is None


def test_what_was_taken_out_while_the_form_stood_open_is_sent_alone() -> None:
    case = Case()
    one, two = drafts(case, 2)
    sent = send([one, two], by=case.creator)
    request_changes(sent.reviews[0], case)
    second = newer(one, case)
    place = changing_sets.place_for(second, by=case.creator)
    assert place is not None
    changing_sets.take_out(sent.review_set, [place.pk], by=case.creator)
    review = changing_sets.submit_in_place(second, place, by=case.creator)
    review.refresh_from_db()
    assert (review.review_set, review.set_place) == (None, None)


def test_a_set_without_clips_is_let_go_of_and_one_with_a_clip_or_just_made_is_not() -> None:
    case, old = Case(), timezone.now() - timedelta(hours=2)
    clips = drafts(case, 2)
    emptied, kept = send(clips[:1], by=case.creator), send(clips[1:], by=case.creator)
    ReviewSet.objects.update(submitted_at=old)
    changing_sets.take_out(emptied.review_set, [emptied.reviews[0].pk], by=case.creator)
    fresh = ReviewSet.objects.create(brand=case.brand, title="New", submitted_by=case.creator.user)
    assert changing_sets.tidy() == 1
    assert set(ReviewSet.objects.values_list("pk", flat=True)) == {kept.review_set.pk, fresh.pk}


def test_what_came_back_of_a_set_is_counted_for_its_maker() -> None:
    case = Case()
    sent = send(drafts(case, 3, created_by=case.creator.user), by=case.creator)
    request_changes(sent.reviews[1], case)
    progress = sets.progress([sent.review_set.pk], case.creator)[sent.review_set.pk]
    assert (progress.total, progress.open, progress.returned) == (3, 2, 1)


def test_who_did_not_send_the_set_sends_a_new_version_alone() -> None:
    case = Case()
    (one,) = drafts(case, 1)
    sent = send([one], by=case.creator)
    request_changes(sent.reviews[0], case)
    second = newer(one, case)
    assert changing_sets.place_for(second, by=member(case.brand)) is None
    assert changing_sets.place_for(second, by=case.creator) is not None


def test_the_earlier_review_leaves_for_good_and_that_is_recorded() -> None:
    case = Case()
    one, two = drafts(case, 2)
    sent = send([one, two], by=case.creator)
    request_changes(sent.reviews[0], case)
    second = newer(one, case)
    place = changing_sets.place_for(second, by=case.creator)
    assert place is not None
    changing_sets.submit_in_place(second, place, by=case.creator)
    assert Event.objects.filter(verb=Verb.REVIEW_LEFT_SET).count() == 1
    assert changing_sets.put_back(sent.review_set, [place.pk], by=case.creator).reviews == []
    assert [each.version for each in sets.reviews_of(sent.review_set, case.creator)] == [second, two]
