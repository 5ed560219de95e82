"""Where comments on images can be: on the one picture, with a drawing into it."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.catalog.models import RenditionKind, Version
from provenance.review import carrying, comments, drawings
from provenance.review.models import Comment
from tests.factories import RenditionFactory
from tests.review_factory import Case

pytestmark = pytest.mark.django_db

CIRCLE = {"kind": "ellipse", "colour": "red", "width": 0.006, "points": [[0.2, 0.2], [0.6, 0.7]]}
BESIDE = {**CIRCLE, "points": [[1.05, 0.2], [1.2, 0.7]]}
STILL = {"kind": "still", "frame_count": None, "rate_numerator": None, "duration_ms": None}


def drawn(*shapes: Any) -> str:
    return json.dumps({"v": 1, "shapes": shapes})


def of_kind(case: Case, **facts: Any) -> Version:
    Version.objects.filter(asset=case.version.asset_id).update(**facts)
    case.version.refresh_from_db()
    return case.version


@pytest.fixture
def case() -> Case:
    case = Case()
    of_kind(case, **STILL)
    RenditionFactory.create(version=case.version, kind=RenditionKind.PICTURE)
    return case


def sent(case: Case, **data: str) -> Any:
    client = Client()
    client.force_login(case.creator.user)
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    return client.post(address, data, headers={"HX-Request": "true"})


def page(case: Case, name: str, *args: Any) -> str:
    client = Client()
    client.force_login(case.creator.user)
    response = client.get(reverse(name, args=[case.brand.slug, *args]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_drawing_on_an_image_is_on_its_one_frame_and_shown_small_over_it(case: Case) -> None:
    shown = sent(case, body="Paler", drawing=drawn(CIRCLE)).content.decode()
    comment = Comment.objects.get()
    assert (comment.frame, comment.end_frame) == (0, None)
    assert comment.drawing == {"v": 1, "shapes": [CIRCLE]}
    poster = reverse("file", args=[case.brand.slug, case.version.pk, "poster"])
    assert f'<img src="{poster}"' in shown
    assert "<ellipse" in shown
    assert "comment-frame" not in shown  # there is no time to go to
    assert "With a drawing (1)" in " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def test_words_without_a_drawing_are_on_the_whole_image(case: Case) -> None:
    sent(case, body="A nice mood", frame="0")
    assert Comment.objects.get().frame is None


@pytest.mark.parametrize(
    "more",
    [
        {"frame": "0", "end_frame": "3", "over_range": "on"},
        {"frame": "1", "at_frame": "on"},
        {"frame": "-1", "at_frame": "on"},
        {"drawing": drawn(BESIDE)},
        {"drawing": drawn({**CIRCLE, "points": [[1e400, 0], [0, 0]]}).replace("Infinity", "1e999")},
        {"drawing": drawn({**CIRCLE, "kind": "script"})},
        {"drawing": "[" * 100_000},
        {"drawing": '{"shapes": {"length": 1}}'},
    ],
)
def test_no_range_no_other_frame_and_nothing_beside_the_image_is_taken(
    case: Case, more: dict[str, str]
) -> None:
    response = sent(case, body="Keep my words", **more)
    assert response.status_code == 422
    assert "Keep my words" in response.content.decode()
    assert "field-error" in response.content.decode()
    assert not Comment.objects.exists()


def test_pages_of_an_image_have_what_draws_on_it(case: Case) -> None:
    review = case.submit()
    for html in (page(case, "review", review.pk), page(case, "asset", case.version.asset_id)):
        assert "<drawing-board" in html
        assert "drawing-tools" in html
        assert re.search(r"js/drawing/board[^\"]*\.js", html)


def test_files_for_editing_programs_are_not_offered_and_not_made(case: Case) -> None:
    shown = sent(case, body="Paler", drawing=drawn(CIRCLE)).content.decode()
    assert "which an image hasn" in shown
    assert "OpenTimelineIO" not in shown
    client = Client()
    client.force_login(case.creator.user)

    def export(kind: str) -> Any:
        return client.get(reverse("comment-export", args=[case.brand.slug, case.version.pk, kind]))

    assert {export(kind).status_code for kind in ("edl", "fcpxml", "otio")} == {404}
    assert export("csv").status_code == 200


def test_a_drawing_comes_along_to_the_next_version_and_is_carried_over(case: Case) -> None:
    first = comments.add(case.version, by=case.creator, body="Paler", drawing=drawings.read(drawn(CIRCLE)))
    newer = case.add_version()
    of_kind(case, **STILL)
    newer.refresh_from_db()
    shown = page(case, "comments-earlier", newer.pk)
    assert 'data-drawing-of="0"' in shown
    assert "has no frame" not in shown
    again = carrying.carry_over(first, of=newer, seen=carrying.Mark.OPEN, by=case.creator)
    assert (again.frame, again.drawing) == (0, first.drawing)


def test_its_own_sheet_comes_back_without_doubling_anything(case: Case) -> None:
    sent(case, body="Paler", drawing=drawn(CIRCLE))
    sheet = b"id,frame,end_frame,person,comment\n1,0,,Ada,Bluer\n2,,,Ada,Louder\n3,4,,Ada,Later\n"
    client = Client()
    client.force_login(case.creator.user)
    address = reverse("comment-import", args=[case.brand.slug, case.version.pk])

    read = client.post(address, {"file": SimpleUploadedFile("notes.csv", sheet)}).content.decode()
    assert "Bluer" in read
    assert "Louder" in read
    assert "Outside this clip" in read
