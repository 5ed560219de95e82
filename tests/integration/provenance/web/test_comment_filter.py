"""The filter above the comments of a version."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.principals import Member
from provenance.review import comments
from tests.factories import member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Talk(Case):
    """An open remark before the review, a resolved one and one with a drawing in it."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before = comments.add(self.version, by=self.creator, body="Before all", frame=1)
        self.review = self.submit()
        self.done = comments.add(self.version, by=self.brand_reviewer, body="All done", frame=2)
        comments.resolve(self.done, by=self.creator)
        shapes = [{"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0, 0], [0.5, 0.5]]}]
        self.drawn = comments.add(
            self.version, by=self.brand_reviewer, body="See here", frame=3, drawing={"v": 1, "shapes": shapes}
        )

    def get(self, page: str = "", *, htmx: bool = False, person: Member | None = None, **query: Any) -> Any:
        client = Client()
        client.force_login((person or self.creator).user)
        address = reverse("comments", args=[self.brand.slug, self.version.pk])
        headers = {"HX-Request": "true", "HX-Current-URL": page} if htmx else {}
        return client.get(address, query, headers=headers)


def shown(page: str) -> list[str]:
    return [words for words in ("Before all", "All done", "See here") if words in page]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, ["Before all", "All done", "See here"]),
        ({"comments": "open"}, ["Before all", "See here"]),
        ({"comments": "resolved"}, ["All done"]),
        ({"stage": "brand"}, ["All done", "See here"]),
        ({"stage": "outside"}, ["Before all"]),
        ({"drawn": "1"}, ["See here"]),
        ({"comments": "resolved", "drawn": "1"}, []),
        ({"comments": "%00", "stage": "x", "drawn": "2", "by": "x"}, ["Before all", "All done", "See here"]),
    ],
)
def test_the_address_says_which_comments_are_shown(query: dict[str, Any], words: list[str]) -> None:
    talk = Talk()
    page = talk.get(**query).text
    assert shown(page) == words
    assert ("No comments match these filters." in page) == (not words)


def test_comments_are_found_by_who_wrote_or_answered_them() -> None:
    talk = Talk()
    comments.add(talk.version, by=talk.legal_reviewer, body="Really?", answers=talk.before)
    assert shown(talk.get(by=str(talk.legal_reviewer.user.pk)).text) == ["Before all"]
    page = talk.get(by=str(talk.creator.user.pk)).text
    assert shown(page) == ["Before all"]
    assert re.search(r"selected>\s*Me \(1\)", page)
    stranger = member(talk.brand)
    assert shown(talk.get(by=str(stranger.user.pk)).text) == []


def test_the_timeline_shows_the_markers_that_the_list_shows() -> None:
    talk = Talk()
    found = re.search(r'data-markers="(.*?)"', talk.get(drawn="1").text)
    assert found is not None
    assert [marker["frame"] for marker in json.loads(html.unescape(found[1]))] == [3]


def test_a_choice_goes_into_the_address_of_the_page_beside_what_stands_there() -> None:
    talk = Talk()
    answer = talk.get("http://testserver/x/?tab=review&by=4", htmx=True, filter="1", comments="open", by="")
    assert answer["HX-Replace-Url"] == "/x/?tab=review&comments=open"
    assert shown(answer.text) == ["Before all", "See here"]


def test_the_list_that_comes_again_stays_filtered_as_its_page_is() -> None:
    talk = Talk()
    answer = talk.get("http://testserver/x/?comments=resolved", htmx=True)
    assert shown(answer.text) == ["All done"]
    assert "HX-Replace-Url" not in answer


def test_the_room_is_filtered_without_script() -> None:
    talk = Talk()
    client = Client()
    client.force_login(talk.creator.user)
    room = reverse("review", args=[talk.brand.slug, talk.review.pk])
    assert shown(client.get(room, {"comments": "resolved"}).text) == ["All done"]


def test_a_comment_that_was_just_sent_is_shown_whatever_the_filter() -> None:
    talk = Talk()
    client = Client()
    client.force_login(talk.creator.user)
    address = reverse("comment-add", args=[talk.brand.slug, talk.version.pk])
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/x/?comments=resolved&tab=review"}
    answer = client.post(address, {"body": "A new word"}, headers=page)
    assert "A new word" in answer.text
    assert answer["HX-Replace-Url"] == "/x/?tab=review"
    fitting = page | {"HX-Current-URL": "http://testserver/x/?comments=open"}
    answer = client.post(address, {"body": "Another word"}, headers=fitting)
    assert "HX-Replace-Url" not in answer
    assert shown(answer.text) == ["Before all", "See here"]


def test_as_many_queries_whatever_the_number_of_comments(django_assert_max_num_queries: Any) -> None:
    talk = Talk()
    client = Client()
    client.force_login(talk.creator.user)
    address = reverse("comments", args=[talk.brand.slug, talk.version.pk])
    client.get(address)
    for number in range(8):
        comments.add(talk.version, by=member(talk.brand), body=f"Word {number}", answers=talk.before)
    with django_assert_max_num_queries(14):
        client.get(address)
