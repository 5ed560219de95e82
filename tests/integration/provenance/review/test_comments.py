from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.notifications import following
from dam.notifications.kinds import KINDS, Kind
from dam.notifications.models import Notification
from dam.search.models import CommentText
from provenance.review import comments, mentions
from provenance.review.mentions import Named
from provenance.review.models import Comment
from tests.factories import BrandFactory, VersionFactory, member, next_version
from tests.review_templates import group

pytestmark = pytest.mark.django_db


def test_a_comment_stands_at_its_frame() -> None:
    version = VersionFactory.create()
    person = member(version.brand, Role.BRAND_REVIEWER)
    comment = comments.add(version, by=person, body=" The logo flickers ", frame=47)
    assert (comment.body, comment.frame, comment.author) == ("The logo flickers", 47, person.user)
    event = Event.objects.get()
    assert (event.verb, event.asset_id, event.data["frame"]) == ("comment.added", version.asset_id, 47)


def test_a_comment_may_be_about_the_whole_clip() -> None:
    version = VersionFactory.create(frame_count=None)
    assert comments.add(version, by=member(version.brand), body="Lovely").frame is None


def test_a_comment_stands_over_a_range_of_frames() -> None:
    version = VersionFactory.create(frame_count=100)
    person = member(version.brand, Role.BRAND_REVIEWER)
    comment = comments.add(version, by=person, body="Too fast here", frame=24, end_frame=99)
    comment.refresh_from_db()
    assert (comment.frame, comment.end_frame) == (24, 99)
    assert Event.objects.get().data["end_frame"] == 99


def test_a_range_of_one_frame_is_that_frame() -> None:
    version = VersionFactory.create(frame_count=100)
    comment = comments.add(version, by=member(version.brand), body="Here", frame=24, end_frame=24)
    assert comment.end_frame is None


@pytest.mark.parametrize(
    ("frame", "end_frame", "why"),
    [(24, 23, "ends before it begins"), (None, 23, "ends before it begins"), (24, 100, "have that frame")],
)
def test_a_range_that_the_clip_does_not_have_is_refused(frame: int | None, end_frame: int, why: str) -> None:
    version = VersionFactory.create(frame_count=100)
    with pytest.raises(comments.CommentRefused, match=why):
        comments.add(version, by=member(version.brand), body="Here", frame=frame, end_frame=end_frame)
    assert not Comment.objects.exists()


@pytest.mark.parametrize("frame", [None, 30, 31])
def test_the_database_keeps_no_range_that_begins_nowhere_or_ends_before(frame: int | None) -> None:
    version = VersionFactory.create(frame_count=100)
    author = member(version.brand).user
    with pytest.raises(IntegrityError):
        Comment.objects.create(version=version, author=author, body="Here", frame=frame, end_frame=30)


DRAWING = {
    "v": 1,
    "shapes": [
        {"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0, 0], [0.5, 0.5]]},
        {"kind": "text", "colour": "red", "width": 0.06, "points": [[0.5, 0.5]], "text": "Lighthouse"},
    ],
}


def test_a_drawing_stands_at_its_frame_and_needs_no_words() -> None:
    version = VersionFactory.create()
    person = member(version.brand, Role.BRAND_REVIEWER)
    comment = comments.add(version, by=person, body="", frame=3, drawing=DRAWING)
    comment.refresh_from_db()
    assert (comment.drawing, comment.frame, comment.body) == (DRAWING, 3, "")
    assert Event.objects.get().data["shapes"] == 2


def test_what_is_written_into_a_drawing_is_found() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    comments.add(version, by=person, body="Too dark", frame=3, drawing=DRAWING)
    assert "Lighthouse" in CommentText.objects.get().text


def test_a_drawing_without_its_frame_is_refused() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    first = comments.add(version, by=person, body="Here", frame=3)
    with pytest.raises(comments.CommentRefused, match="A drawing needs its frame"):
        comments.add(version, by=person, body="Here", drawing=DRAWING)
    with pytest.raises(comments.CommentRefused, match="A drawing needs its frame"):
        comments.add(version, by=person, body="Here", frame=3, drawing=DRAWING, answers=first)
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(("frame", "count"), [(-1, 48), (48, 48), (0, None)])
def test_a_frame_outside_the_clip_is_refused(frame: int, count: int | None) -> None:
    version = VersionFactory.create(frame_count=count)
    with pytest.raises(comments.CommentRefused, match="doesn't have that frame"):
        comments.add(version, by=member(version.brand), body="Here", frame=frame)


@pytest.mark.parametrize("body", ["", "  \n", "x" * (comments.LONGEST + 1)])
def test_an_empty_or_endless_comment_is_refused(body: str) -> None:
    version = VersionFactory.create()
    with pytest.raises(comments.CommentRefused):
        comments.add(version, by=member(version.brand), body=body)
    assert not Comment.objects.exists()


def test_viewers_and_strangers_do_not_comment() -> None:
    version = VersionFactory.create()
    for person in (member(version.brand, Role.VIEWER), member(BrandFactory.create(), Role.ADMIN)):
        with pytest.raises(PermissionDenied):
            comments.add(version, by=person, body="Hello")


def test_a_comment_is_resolved_once() -> None:
    version = VersionFactory.create()
    person = member(version.brand)
    comment = comments.add(version, by=person, body="The logo flickers")
    comments.resolve(comment, by=person)
    comment.refresh_from_db()
    assert comment.resolved_by == person.user
    with pytest.raises(comments.AlreadyResolved):
        comments.resolve(comment, by=person)
    assert Event.objects.filter(verb="comment.resolved").count() == 1


def test_a_viewer_resolves_nothing() -> None:
    version = VersionFactory.create()
    comment = comments.add(version, by=member(version.brand), body="The logo flickers")
    with pytest.raises(PermissionDenied):
        comments.resolve(comment, by=member(version.brand, Role.VIEWER))


def test_an_answer_stands_under_the_first_remark_and_tells_whoever_spoke_there() -> None:
    version = VersionFactory.create()
    ada, ben, cleo = (member(version.brand, name=name) for name in ("Ada", "Ben", "Cleo"))
    first = comments.add(version, by=ada, body="The logo flickers", frame=3)
    second = comments.add(version, by=ben, body="Fixed", answers=first)
    third = comments.add(version, by=cleo, body="Not quite", answers=second)
    assert (second.parent, third.parent) == (first, first)
    assert Event.objects.latest("sequence").data["replies_to"] == sorted([ada.user.pk, ben.user.pk])
    assert {kind.name for kind in told(ada, by=third)} == {"replied"}


def test_answers_are_neither_resolved_nor_counted_by_themselves() -> None:
    older = VersionFactory.create()
    version, person = next_version(older), member(older.brand)
    first = comments.add(version, by=person, body="The logo flickers")
    answer = comments.add(version, by=person, body="Fixed", answers=first)
    with pytest.raises(comments.AlreadyResolved):
        comments.resolve(answer, by=person)
    assert comments.open_in_newer_versions(older) == [(version.number, 1)]


def test_a_remark_on_another_version_is_answered_there_alone() -> None:
    version, other = VersionFactory.create(), VersionFactory.create()
    first = comments.add(other, by=member(other.brand), body="Elsewhere")
    with pytest.raises(comments.CommentRefused, match="is gone"):
        comments.add(version, by=member(version.brand), body="Here", answers=first)


def test_whoever_is_named_is_told_and_nobody_else() -> None:
    version = VersionFactory.create()
    ada, adam = member(version.brand, name="Ada Lovelace"), member(version.brand, name="Ada")
    viewer = member(version.brand, Role.VIEWER, name="Vera View")
    stranger = member(BrandFactory.create(), name="Otto Other")
    body = "@ada lovelace, @Vera View and @Otto Other: see a@Ada\n(@Ada) @nobody"
    remark = comments.add(version, by=member(version.brand), body=body)
    assert Event.objects.latest("sequence").data["mentions"] == [ada.user.pk, viewer.user.pk]
    assert [kind.name for kind in told(ada, by=remark)] == ["mentioned"]
    for person in (adam, viewer, stranger):  # a viewer sees no drafts
        assert told(person, by=remark) == []


@pytest.mark.parametrize("name", ["Sam Davis Jr.", "Groß", "Zoë", "Ana Maria de la Cruz y Gómez Ruiz"])
def test_a_name_of_any_letters_and_length_is_found_with_what_follows(name: str) -> None:
    brand = BrandFactory.create()
    user = member(brand, name=name).user
    assert mentions.named_in(f"Ask @{name}, please. @{name}", brand=brand).people == (user.pk,)


def test_everybody_who_is_named_is_told_however_many() -> None:
    brand = BrandFactory.create()
    users = [member(brand, name=f"Person {number}").user for number in range(30)]
    named = mentions.named_in(" ".join(f"@{user.name}" for user in users), brand=brand)
    assert named.people == tuple(user.pk for user in users)


def test_names_are_looked_for_in_three_queries_however_many_are_named(
    django_assert_num_queries: Any,
) -> None:
    brand = BrandFactory.create()
    for number in range(5):
        group(brand, member(brand), member(brand), name=f"Group {number}")
    with django_assert_num_queries(2):
        mentions.named_in(" ".join(f"@Name{number} Last" for number in range(50)), brand=brand)
    with django_assert_num_queries(3):
        named = mentions.named_in(" ".join(f"@Group {number}" for number in range(5)), brand=brand)
    assert (len(named.groups), len(named.everyone)) == (5, 10)
    with django_assert_num_queries(0):
        assert not mentions.named_in("me@example.com, no one is named", brand=brand).everyone


def test_everyone_of_a_group_who_may_see_the_comment_is_told_once_and_never_its_author() -> None:
    version = VersionFactory.create()
    brand, elsewhere = version.brand, BrandFactory.create()
    author, ada, ben = member(brand), member(brand, name="Ada"), member(brand)
    viewer, gone, other = member(brand, Role.VIEWER), member(brand), member(brand)
    Membership.objects.filter(user=gone.user).update(deactivated_at=timezone.now())
    legal = group(brand, author, ada, ben, viewer, gone, name="Legal FR")
    group(elsewhere, member(elsewhere), name="Studio")
    remark = comments.add(version, by=author, body="@legal fr, and @Ada again: @Studio, look")
    data = Event.objects.latest("sequence").data
    assert data["mentions"] == [ada.user.pk, ben.user.pk, viewer.user.pk]
    everyone = sorted(each.user.pk for each in (author, ada, ben, viewer))
    assert data["mentioned_groups"] == [{"id": legal.pk, "members": everyone}]
    for person in (ada, ben):
        assert [kind.name for kind in told(person, by=remark)] == ["mentioned"]
    for person in (author, viewer, gone, other):  # a viewer sees no drafts
        assert told(person, by=remark) == []


def test_a_persons_name_wins_over_a_groups_and_the_longer_name_over_the_shorter() -> None:
    brand = BrandFactory.create()
    ada, ben = member(brand, name="Ada"), member(brand)
    group(brand, ben, name="ADA")
    longer = group(brand, ben, name="Ada's team")
    assert mentions.named_in("@Ada, look", brand=brand) == Named((ada.user.pk,))
    assert mentions.named_in("@ada's team, look", brand=brand) == Named((), {longer.pk: (ben.user.pk,)})


def test_who_was_in_the_group_then_is_what_is_kept() -> None:
    version = VersionFactory.create()
    ben, late = member(version.brand), member(version.brand)
    legal = group(version.brand, ben, name="Legal FR")
    remark = comments.add(version, by=member(version.brand), body="@Legal FR")
    legal.members.add(late.user)
    assert Event.objects.latest("sequence").data["mentioned_groups"][0]["members"] == [ben.user.pk]
    assert told(late, by=remark) == []


def told(person: Member, *, by: Comment) -> list[Kind]:
    """What the person hears of a comment."""
    following.run(by.version.brand_id, at=timezone.now())
    rows = Notification.objects.filter(user=person.user)
    return [KINDS[row.kind] for row in rows.order_by("pk")]
