"""A version's comments as files."""

import csv
import io
import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import Version
from provenance.review import comments, corrections
from provenance.web import comment_export
from tests.factories import BrandFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
SHAPES = [{"kind": "text", "colour": "red", "width": 0.06, "points": [[0.5, 0.5]], "text": "Here"}]


def fetched(case: Case, kind: str, *, person: Member | None = None, **query: str) -> Any:
    client = Client()
    client.force_login((person or case.creator).user)
    return client.get(reverse("comment-export", args=[case.brand.slug, case.version.pk, kind]), query)


def text(response: Any) -> str:
    assert response.status_code == 200
    return async_to_sync(_whole)(response).decode()


async def _whole(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


def rows(case: Case) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(fetched(case, "csv")).removeprefix("\ufeff"))))


def test_a_sheet_has_every_comment_and_answer_with_frame_and_stage() -> None:
    case = Case()
    before = comments.add(case.version, by=case.creator, body="Before,\nall")
    case.submit()
    first = comments.add(case.version, by=case.creator, body="", frame=31, drawing={"v": 1, "shapes": SHAPES})
    answer = comments.add(case.version, by=case.brand_reviewer, body="Yes", answers=first)
    comments.resolve(first, by=case.brand_reviewer)
    found = rows(case)
    assert [row["id"] for row in found] == [str(each.pk) for each in (before, first, answer)]
    assert [row["stage"] for row in found] == ["outside", "brand", "brand"]
    assert [row["timecode"] for row in found] == ["", "00:00:01:07", ""]
    assert found[0]["comment"] == "Before,\nall"
    assert (found[1]["drawing"], found[1]["written_in_drawing"]) == ("yes", "Here")
    assert found[1]["resolved_by"] == str(case.brand_reviewer.user)
    assert found[2]["reply_to"] == str(first.pk)


def test_a_sheet_says_where_a_range_ends() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Too fast", frame=24, end_frame=30)
    row = rows(case)[0]
    assert (row["frame"], row["end_frame"], row["end_timecode"]) == ("24", "30", "00:00:01:06")


@pytest.mark.parametrize("words", ["=HYPERLINK(1)", "+1", "-1", "@Ada", " =1", "\uff1d1"])
def test_no_cell_is_taken_for_a_formula(words: str) -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body=words)
    assert rows(case)[0]["comment"].startswith("'")


def test_a_sheet_says_nothing_of_what_was_deleted() -> None:
    case = Case()
    first = comments.add(case.version, by=case.creator, body="Secret one", frame=3)
    comments.add(case.version, by=case.brand_reviewer, body="Yes", answers=first)
    alone = comments.add(case.version, by=case.creator, body="Secret two", frame=4)
    for each in (first, alone):
        corrections.delete(each, by=case.creator)
    found = rows(case)
    assert [row["comment"] for row in found] == ["", "Yes"]
    assert found[0]["deleted_at"]
    for kind in ("edl", "fcpxml", "otio"):
        assert "Secret" not in text(fetched(case, kind))


def test_editing_programs_get_the_open_and_resolved_comments_at_a_frame_alone() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Of the whole clip")
    first = comments.add(case.version, by=case.creator, body="The logo flickers", frame=31)
    comments.add(case.version, by=case.brand_reviewer, body="An answer", answers=first)
    edl = text(fetched(case, "edl", hour="1"))
    assert "01:00:01:07 01:00:01:08" in edl
    assert edl.count("|M:") == 1
    assert text(fetched(case, "fcpxml")).count("<marker ") == 1
    clip = json.loads(text(fetched(case, "otio")))["tracks"]["children"][0]["children"][0]
    assert [marker["comment"] for marker in clip["markers"]] == ["The logo flickers"]


@pytest.mark.parametrize("hour", ["24", "-1", "x", "٣", "999999", ""])
def test_an_odd_hour_is_none(hour: str) -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Here", frame=0)
    assert " 00:00:00:00 00:00:00:01 " in text(fetched(case, "edl", hour=hour))


def test_long_talks_are_read_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comment_export, "CHUNK", 2)
    case = Case()
    for number in range(5):
        comments.add(case.version, by=case.creator, body=f"Word {number}", frame=number)
    assert [row["comment"] for row in rows(case)] == [f"Word {number}" for number in range(5)]
    assert text(fetched(case, "edl")).count("|M:") == 5


def test_strangers_viewers_and_unknown_files_get_nothing() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Here", frame=0)
    for kind in ("csv", "edl", "fcpxml", "otio"):
        assert fetched(case, kind, person=member(case.brand, Role.VIEWER)).status_code == 403
        stranger = member(BrandFactory.create(), Role.ADMIN)
        client = Client()
        client.force_login(stranger.user)
        for slug in (case.brand.slug, stranger.brand.slug):
            address = reverse("comment-export", args=[slug, case.version.pk, kind])
            assert client.get(address).status_code == 404
    assert fetched(case, "pdf").status_code == 404


def test_what_has_no_frames_has_no_markers_and_still_a_sheet() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Lovely")
    Version.objects.update(rate_numerator=None, frame_count=None)
    assert fetched(case, "edl").status_code == 404
    assert rows(case)[0]["comment"] == "Lovely"


def test_the_file_is_named_after_the_clip() -> None:
    case = Case()
    header = fetched(case, "otio")["Content-Disposition"]
    assert header.startswith("attachment; filename")
    assert ".otio" in header
