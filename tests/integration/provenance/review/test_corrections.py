from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.catalog import holds
from dam.notifications import following, inbox, wording
from dam.notifications.models import Notification
from dam.search.models import CommentText, SearchDocument
from provenance.review import comments, corrections, reviews
from provenance.review.corrections import UNDO_FOR, CommentKept
from provenance.review.models import Comment
from provenance.review.states import DecisionKind
from tests.factories import VersionFactory, member
from tests.review_factory import Case
from tests.review_templates import group

pytestmark = pytest.mark.django_db
DRAWING = {
    "v": 1,
    "shapes": [{"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0, 0], [0.5, 0.5]]}],
}


def said(by: Member | None = None, body: str = "The logo flickers") -> tuple[Comment, Member]:
    version = VersionFactory.create()
    by = by or member(version.brand)
    return comments.add(version, by=by, body=body, frame=3), by


def document(comment: Comment) -> str:
    return str(SearchDocument.objects.get(version=comment.version_id).words)


def test_an_edited_remark_says_when_and_is_found_by_its_new_words() -> None:
    comment, person = said()
    corrections.edit(comment, by=person, body=" The bottle flickers ")
    comment.refresh_from_db()
    assert comment.body == "The bottle flickers"
    assert comment.edited_at is not None
    assert CommentText.objects.get().text == "The bottle flickers"
    assert "bottl" in document(comment)
    assert "logo" not in document(comment)


def test_the_log_tells_of_each_change_without_the_words() -> None:
    comment, person = said()
    corrections.edit(comment, by=person, body="Secret words")
    corrections.delete(comment, by=person)
    corrections.restore(comment, by=person)
    events = Event.objects.order_by("sequence").values_list("verb", "data")[1:]
    assert list(events) == [
        ("comment.edited", {"comment": comment.pk}),
        ("comment.deleted", {"comment": comment.pk}),
        ("comment.restored", {"comment": comment.pk}),
    ]


def test_the_same_words_are_no_edit() -> None:
    comment, person = said()
    corrections.edit(comment, by=person, body="The logo flickers\n")
    comment.refresh_from_db()
    assert comment.edited_at is None
    assert Event.objects.count() == 1


@pytest.mark.parametrize("body", ["", " \n", "x" * (comments.LONGEST + 1)])
def test_an_edit_says_something_and_not_too_much(body: str) -> None:
    comment, person = said()
    with pytest.raises(comments.CommentRefused):
        corrections.edit(comment, by=person, body=body)


def test_the_words_beside_a_drawing_may_go() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    comment = comments.add(version, by=person, body="Here", frame=3, drawing=DRAWING)
    corrections.edit(comment, by=person, body="")
    comment.refresh_from_db()
    assert (comment.body, comment.drawing) == ("", DRAWING)


def test_whoever_an_edit_names_for_the_first_time_hears_of_it() -> None:
    version = VersionFactory.create()
    ada, ben, person = (member(version.brand, name=name) for name in ("Ada", "Ben", "Cleo"))
    comment = comments.add(version, by=person, body="@Ada look")
    corrections.edit(comment, by=person, body="@Ada and @Ben, look")
    assert Event.objects.latest("sequence").data["mentions"] == [ben.user.pk]
    following.run(version.brand_id, at=timezone.now())
    kinds = Notification.objects.filter(kind="mentioned").values_list("user", "count")
    assert sorted(kinds) == sorted([(ada.user.pk, 1), (ben.user.pk, 1)])


def test_a_group_that_an_edit_names_is_told_and_who_was_named_before_is_not_told_again() -> None:
    version = VersionFactory.create()
    ada, ben, person = (member(version.brand, name=name) for name in ("Ada", "Ben", "Cleo"))
    legal = group(version.brand, ada, ben, person, name="Legal FR")
    comment = comments.add(version, by=person, body="@Ada look")
    corrections.edit(comment, by=person, body="@Ada and @Legal FR, look")
    data = Event.objects.latest("sequence").data
    assert data["mentions"] == [ben.user.pk]
    members = [ada.user.pk, ben.user.pk, person.user.pk]
    assert data["mentioned_groups"] == [{"id": legal.pk, "members": members}]
    corrections.edit(comment, by=person, body="@Ada and @Legal FR, please look")
    assert not {"mentions", "mentioned_groups"} & set(Event.objects.latest("sequence").data)


def test_words_that_were_taken_back_are_no_longer_quoted_to_who_was_told() -> None:
    version = VersionFactory.create()
    ada, person = member(version.brand, name="Ada"), member(version.brand)
    comment = comments.add(version, by=person, body="@Ada too loud")
    following.run(version.brand_id, at=timezone.now())

    def quoted() -> str:
        return wording.excerpt(inbox.told(inbox.listed(ada), to=ada)[0])

    assert quoted() == "@Ada too loud"
    corrections.delete(comment, by=person)
    assert quoted() == ""


def test_others_and_viewers_change_nothing_of_it() -> None:
    comment, _person = said()
    brand = comment.version.brand
    for other in (member(brand, Role.ADMIN), member(brand, Role.VIEWER)):
        with pytest.raises(PermissionDenied):
            corrections.edit(comment, by=other, body="Mine")
        with pytest.raises(PermissionDenied):
            corrections.delete(comment, by=other)
        with pytest.raises(PermissionDenied):
            corrections.restore(comment, by=other)
    comment.refresh_from_db()
    assert (comment.body, comment.deleted_at) == ("The logo flickers", None)


def test_a_deleted_remark_is_in_no_list_and_found_by_no_search() -> None:
    comment, person = said()
    corrections.delete(comment, by=person)
    corrections.delete(comment, by=person)
    assert not comments.shown().exists()
    assert not CommentText.objects.exists()
    assert "logo" not in document(comment)
    assert Event.objects.filter(verb="comment.deleted").count() == 1


def test_a_deleted_remark_stays_without_its_words_while_others_answer_it() -> None:
    comment, person = said()
    other = member(comment.version.brand)
    answer = comments.add(comment.version, by=other, body="Fixed", answers=comment)
    corrections.delete(comment, by=person)
    assert set(comments.shown()) == {comment, answer}
    third = comments.add(comment.version, by=other, body="Really", answers=comment)
    assert "replies_to" in Event.objects.latest("sequence").data
    assert person.user.pk not in Event.objects.latest("sequence").data["replies_to"]
    for each in (answer, third):
        corrections.delete(each, by=other)
    assert not comments.shown().exists()


def test_what_was_deleted_is_neither_answered_nor_edited_nor_resolved() -> None:
    comment, person = said()
    corrections.delete(comment, by=person)
    with pytest.raises(comments.CommentRefused, match="is gone"):
        comments.add(comment.version, by=person, body="But", answers=comment)
    with pytest.raises(CommentKept, match="deleted"):
        corrections.edit(comment, by=person, body="But")
    with pytest.raises(comments.AlreadyResolved):
        comments.resolve(comment, by=person)


def test_a_deletion_is_taken_back_whole() -> None:
    comment, person = said()
    corrections.delete(comment, by=person)
    assert list(corrections.listed(comment.version, to=person, at=timezone.now())) == [comment]
    other = member(comment.version.brand)
    assert not corrections.listed(comment.version, to=other, at=timezone.now()).exists()
    corrections.restore(comment, by=person)
    corrections.restore(comment, by=person)
    assert comments.shown().get().body == "The logo flickers"
    assert "logo" in document(comment)


def test_it_is_too_late_to_take_it_back_once_the_time_is_over() -> None:
    comment, person = said()
    corrections.delete(comment, by=person)
    with pytest.raises(CommentKept, match="more than an hour ago"):
        corrections.restore(comment, by=person, at=timezone.now() + UNDO_FOR)


def test_after_a_decision_a_remark_stays_and_a_later_one_may_go() -> None:
    case = Case()
    review = case.submit()
    before = comments.add(case.version, by=case.creator, body="Before")
    deleted = comments.add(case.version, by=case.creator, body="Deleted")
    corrections.delete(deleted, by=case.creator)
    reviews.decide(
        review,
        by=case.brand_reviewer,
        kind=DecisionKind.REQUEST_CHANGES,
        expected_sha256=case.version.sha256,
        comment="No",
    )
    after = comments.add(case.version, by=case.creator, body="After")
    with pytest.raises(CommentKept, match="A decision was made after"):
        corrections.edit(before, by=case.creator, body="Other")
    with pytest.raises(CommentKept, match="A decision was made after"):
        corrections.delete(before, by=case.creator)
    with pytest.raises(CommentKept, match="A decision was made after"):
        corrections.restore(deleted, by=case.creator)
    corrections.delete(after, by=case.creator)
    assert comments.shown().get().body == "Before"


def test_what_is_resolved_stays_with_its_answers() -> None:
    comment, person = said()
    answer = comments.add(comment.version, by=person, body="Fixed", answers=comment)
    comments.resolve(comment, by=person)
    for each in (comment, answer):
        with pytest.raises(CommentKept, match="is resolved"):
            corrections.delete(each, by=person)


def test_a_legal_hold_keeps_remarks_as_they_are() -> None:
    comment, person = said()
    corrections.delete(comment, by=person)
    legal = member(comment.version.brand, Role.LEGAL_REVIEWER)
    holds.place(comment.version.asset, by=legal, reason="Lawsuit")
    with pytest.raises(CommentKept, match="legal hold"):
        corrections.restore(comment, by=person)
    assert corrections.erase(at=timezone.now() + 2 * UNDO_FOR) == 0
    assert Comment.objects.get().body == "The logo flickers"


def test_words_are_erased_once_a_deletion_is_final() -> None:
    comment, person = said()
    other = member(comment.version.brand)
    answer = comments.add(comment.version, by=other, body="Fixed", answers=comment)
    alone = comments.add(comment.version, by=person, body="Alone", frame=1, drawing=DRAWING)
    for each in (comment, alone):
        corrections.delete(each, by=person)
    assert corrections.erase(at=timezone.now() + UNDO_FOR - timedelta(minutes=1)) == 0
    assert corrections.erase(at=timezone.now() + UNDO_FOR) == 2
    assert not Comment.objects.filter(pk=alone.pk).exists()
    comment.refresh_from_db()
    assert (comment.body, comment.drawing) == ("", None)
    corrections.delete(answer, by=other)
    corrections.erase(at=timezone.now() + UNDO_FOR)
    assert not Comment.objects.exists()


def test_newer_versions_count_no_remark_that_was_deleted() -> None:
    case = Case()
    comment = comments.add(case.add_version(), by=case.creator, body="Hm")
    corrections.delete(comment, by=case.creator)
    assert comments.open_in_newer_versions(case.version) == []
