"""Signs at comments: one of each for each person, given and taken back, and who sees them."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dam.accounts import roles
from dam.accounts.capabilities import Role
from dam.accounts.models import CustomRole, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from provenance.review import comments, corrections, reactions
from provenance.review.models import Comment, Reaction
from provenance.review.reactions import ReactionRefused
from provenance.web import review_comments
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import HTMX, page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return Case()


def shown(comment: Comment, *, to: Member) -> dict[str, tuple[int, str, bool]]:
    rows = Reaction.objects.filter(comment=comment).select_related("user", "link")
    signs = reactions.of(rows, user=to.user.pk).get(comment.pk, [])
    return {each.kind: (each.count, each.who, each.mine) for each in signs if each.count}


def test_each_person_gives_each_sign_once_and_takes_it_back(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    assert reactions.give(comment, "like", on=True, by=case.creator)
    assert not reactions.give(comment, "like", on=True, by=case.creator)
    assert reactions.give(comment, "love", on=True, by=case.creator)
    assert reactions.give(comment, "like", on=True, by=case.brand_reviewer)
    both = f"{case.creator.user}, {case.brand_reviewer.user}"
    assert shown(comment, to=case.brand_reviewer) == {
        "like": (2, both, True),
        "love": (1, str(case.creator.user), False),
    }
    assert reactions.give(comment, "like", on=False, by=case.creator)
    assert not reactions.give(comment, "like", on=False, by=case.creator)
    assert shown(comment, to=case.creator)["like"] == (1, str(case.brand_reviewer.user), False)


def test_each_change_is_in_the_log_and_nothing_else_is(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    for on in (True, True, False, False):
        reactions.give(comment, "done", on=on, by=case.creator)
    events = Event.objects.filter(verb__in=("comment.reacted", "comment.unreacted")).order_by("sequence")
    assert [(each.verb, each.data["reaction"]) for each in events] == [
        ("comment.reacted", "done"),
        ("comment.unreacted", "done"),
    ]


def test_an_unknown_sign_and_a_deleted_comment_are_refused(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    with pytest.raises(ReactionRefused):
        reactions.give(comment, "bomb", on=True, by=case.creator)
    corrections.delete(comment, by=case.creator)
    with pytest.raises(ReactionRefused, match="exist anymore"):
        reactions.give(comment, "like", on=True, by=case.creator)


def test_who_may_not_comment_gives_none(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    viewer = member(case.brand, Role.VIEWER)
    with pytest.raises(PermissionDenied):
        reactions.give(comment, "like", on=True, by=viewer)
    address = reverse("comment-react", args=[case.brand.slug, comment.pk])
    assert signed_in(viewer).post(address, {"on": "like"}).status_code == 403


def test_a_comment_of_another_brand_isnt_there(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    stranger = member(BrandFactory.create(), Role.ADMIN)
    address = reverse("comment-react", args=[stranger.brand.slug, comment.pk])
    assert signed_in(stranger).post(address, {"on": "like"}).status_code == 404
    assert not Reaction.objects.exists()


def test_the_database_keeps_one_of_each(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    Reaction.objects.create(comment=comment, user=case.creator.user, kind="like")
    for wrong in (
        {"comment": comment, "user": case.creator.user, "kind": "like"},
        {"comment": comment, "kind": "like"},
        {"user": case.creator.user, "kind": "like"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Reaction.objects.create(**wrong)


@pytest.mark.django_db(transaction=True)
def test_pressed_in_many_windows_at_once_it_is_given_once() -> None:
    case = Case()
    comment = comments.add(case.version, by=case.creator, body="Nice")
    changed: list[bool] = []
    start = threading.Barrier(4)

    def press() -> None:
        try:
            start.wait()
            changed.append(reactions.give(comment, "like", on=True, by=case.creator))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(changed) == [False, False, False, True]
    assert Reaction.objects.count() == 1
    assert Event.objects.filter(verb="comment.reacted").count() == 1


def test_pressing_answers_with_the_comments_as_they_are_now(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    answer = comments.add(case.version, by=case.brand_reviewer, body="Yes", answers=comment)
    client = signed_in(case.creator)
    for each in (comment, answer):
        address = reverse("comment-react", args=[case.brand.slug, each.pk])
        sent = client.post(address, {"on": "look"}, headers=HTMX).content.decode()
        assert f'id="reaction-{each.pk}-look"' in sent
        assert f"Eyes: {case.creator.user}" in sent
    assert sent.count('aria-pressed="true"') == 2
    taken = client.post(address, {"off": "look"}, headers=HTMX).content.decode()
    assert taken.count('aria-pressed="true"') == 1
    assert client.post(address, {"on": "like"}).status_code == 302


def test_who_may_only_read_sees_those_that_were_given(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    reactions.give(comment, "love", on=True, by=case.creator)
    seeing = ["view", "view_unreleased"]
    role = CustomRole.objects.create(brand=case.brand, name="Auditor", capabilities=seeing)
    auditor = member(case.brand)
    Membership.objects.filter(user=auditor.user).update(**roles.columns(role.value))
    found = signed_in(auditor).get(reverse("comments", args=[case.brand.slug, case.version.pk]))
    assert f'aria-label="Heart: {case.creator.user}, 1"' in found.content.decode()
    assert "comment-react" not in page(auditor, "comments", case.version.pk)
    assert "/react/" not in found.content.decode()


def test_of_many_people_ten_are_named(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    for _person in range(12):
        someone = member(case.brand, Role.CREATOR)
        Reaction.objects.create(comment=comment, user=someone.user, kind="like")
    count, who, _mine = shown(comment, to=case.creator)["like"]
    assert count == 12
    assert who.endswith("and 2 more")


def test_they_cost_one_query_however_many_there_are(case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            review_comments.context(case.version, by=case.creator)
        return len(counted)

    first = comments.add(case.version, by=case.creator, body="One")
    reactions.give(first, "like", on=True, by=case.creator)
    one = queries()
    for _each in range(5):
        added = comments.add(case.version, by=case.brand_reviewer, body="More")
        for kind in reactions.SIGNS:
            reactions.give(added, kind, on=True, by=member(case.brand, Role.CREATOR))
    assert queries() == one


def test_they_go_with_what_was_deleted_for_good(case: Case) -> None:
    comment = comments.add(case.version, by=case.creator, body="Nice")
    reactions.give(comment, "like", on=True, by=case.creator)
    corrections.delete(comment, by=case.creator)
    assert "reaction-" not in page(case.creator, "comments", case.version.pk)
    corrections.erase(at=timezone.now() + timedelta(days=2))
    assert not Comment.objects.exclude(body="").exists()
