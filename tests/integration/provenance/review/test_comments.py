import pytest
from django.core.exceptions import PermissionDenied

from dam.accounts.capabilities import Role
from dam.audit.models import Event
from provenance.review import comments
from provenance.review.models import Comment
from tests.factories import BrandFactory, VersionFactory, member

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
