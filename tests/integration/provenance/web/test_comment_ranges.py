"""Comments over a range of frames: what is sent, shown and refused."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from provenance.review.models import Comment
from tests.review_factory import Case

pytestmark = pytest.mark.django_db

RANGE = {"body": "Too fast", "frame": "24", "end_frame": "31", "over_range": "on", "at_frame": "on"}


def sent(case: Case, **data: str) -> Any:
    client = Client()
    client.force_login(case.creator.user)
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    return client.post(address, data, headers={"HX-Request": "true"})


def test_a_range_is_kept_shown_and_marked_on_the_timeline() -> None:
    case = Case()
    shown = sent(case, **RANGE).content.decode()
    comment = Comment.objects.get()
    assert (comment.frame, comment.end_frame) == (24, 31)
    assert 'data-seek-end="31"' in shown
    words = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "00:00:01:00 – 00:00:01:07" in words
    found = re.search(r'data-markers="(.*?)"', shown)
    assert found is not None
    assert [(each["frame"], each["end"]) for each in json.loads(html.unescape(found[1]))] == [(24, 31)]


def test_a_marked_range_that_was_not_chosen_leaves_the_frame() -> None:
    case = Case()
    sent(case, **{**RANGE, "over_range": ""})
    comment = Comment.objects.get()
    assert (comment.frame, comment.end_frame) == (24, None)


@pytest.mark.parametrize("place", ["23", "48", "99999999999", "-1", "x"])
@pytest.mark.parametrize("name", ["frame", "end_frame"])
def test_a_range_that_cannot_be_kept_comes_back_with_the_words(name: str, place: str) -> None:
    case = Case()
    if (name, place) == ("frame", "23"):
        place = "32"  # after the range's end
    response = sent(case, **{**RANGE, name: place})
    assert response.status_code == 422
    assert "Too fast" in response.content.decode()
    assert "field-error" in response.content.decode()
    assert not Comment.objects.exists()


def test_an_answer_stands_where_its_thread_does() -> None:
    case = Case()
    sent(case, **RANGE)
    first = Comment.objects.get()
    assert sent(case, **{**RANGE, "answers": str(first.pk)}).status_code == 200
    assert Comment.objects.get(parent=first).frame is None
