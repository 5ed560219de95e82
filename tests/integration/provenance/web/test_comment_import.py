"""Markers out of a file become comments: looked at, then added."""

import re
from collections.abc import Iterable
from html import unescape
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog.models import Version
from dam.notifications import following
from dam.notifications.models import Notification
from dam.search.models import CommentText
from provenance.review import comments, corrections, importing
from provenance.review.importing import Remark, Source
from provenance.review.models import Comment, CommentImport
from provenance.web.marker_reading import reading
from tests.factories import BrandFactory, member
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


def signed_in(person: Member) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def sheet(*rows: str) -> str:
    return "\n".join(("frame,end_frame,comment", *rows, ""))


def looked_at(case: Case, content: str | bytes, *, person: Member | None = None, **sent: str) -> Any:
    file = SimpleUploadedFile("markers.csv", content.encode() if isinstance(content, str) else content)
    address = reverse("comment-import", args=[case.brand.slug, case.version.pk])
    return signed_in(person or case.creator).post(address, {"file": file, **sent})


def kept(page: Any) -> str:
    """What the page of a file sends on, to be added."""
    found = re.search(r'name="read" value="([^"]*)"', page.content.decode())
    return unescape(found.group(1)) if found else ""


def added(
    case: Case,
    read: str,
    *,
    person: Member | None = None,
    version: Version | None = None,
    rows: Iterable[int] = range(500),
) -> Any:
    address = reverse("comment-import-add", args=[case.brand.slug, (version or case.version).pk])
    return signed_in(person or case.creator).post(address, {"read": read, "row": list(rows)})


def undone(case: Case, *, person: Member | None = None) -> Any:
    address = reverse("comment-import-undo", args=[case.brand.slug, CommentImport.objects.get().pk])
    return signed_in(person or case.creator).post(address, follow=True)


def imported(case: Case, *rows: str) -> None:
    added(case, kept(looked_at(case, sheet(*(rows or ("5,,Too dark", "8,12,Too fast"))))))


def places(case: Case) -> list[tuple[int | None, int | None, str]]:
    rows = Comment.objects.filter(version=case.version).order_by("pk")
    return list(rows.values_list("frame", "end_frame", "body"))


def words(page: Any) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(page.content.decode())).split())


def test_a_file_is_looked_at_and_then_added() -> None:
    case = Case()
    page = looked_at(case, sheet("5,,Too dark", "8,12,Too fast", ",,Lovely"))
    assert page.status_code == 200
    assert "3 comments were read. Nothing has been imported yet." in words(page)
    assert places(case) == []
    response = added(case, kept(page))
    assert response.status_code == 302
    assert unquote(response["Location"]).endswith(f"{case.version.asset_id}/?tab=review")
    assert places(case) == [(5, None, "Too dark"), (8, 12, "Too fast"), (None, None, "Lovely")]
    assert set(Comment.objects.values_list("author", flat=True)) == {case.creator.user.pk}
    assert sorted(CommentText.objects.values_list("text", flat=True)) == ["Lovely", "Too dark", "Too fast"]


def test_the_markers_of_an_edl_stand_at_its_timecode() -> None:
    case = Case()
    edl = "TITLE: x\n\n001  001      V     C        {0} {1} {0} {1}\n |C:ResolveColorRed |M:Logo |D:1\n"
    page = looked_at(case, edl.format("01:00:00:07", "01:00:00:08"))
    assert "The timeline begins at 01:00:00:00." in words(page)
    added(case, kept(page))
    assert places(case) == [(7, None, "Logo")]


def test_a_file_that_comes_twice_adds_nothing() -> None:
    case = Case()
    file = sheet("5,,Too dark", "5,,Too dark", ",,Lovely")
    read = kept(looked_at(case, file))
    added(case, read)
    added(case, read)
    page = looked_at(case, file)
    assert "Already on this version (3)" in words(page)
    assert kept(page) == ""
    assert len(places(case)) == 2


@pytest.mark.parametrize("kind", ["csv", "edl", "fcpxml", "otio"])
def test_what_is_exported_is_already_there_and_comes_back_in_another_version(kind: str) -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="=Too | dark,\nhere", frame=5)
    comments.add(case.version, by=case.brand_reviewer, body="Too fast " * 40, frame=8, end_frame=12)
    client = signed_in(case.creator)
    response = client.get(reverse("comment-export", args=[case.brand.slug, case.version.pk, kind]))
    file = async_to_sync(_whole)(response)
    assert "Already on this version (2)" in words(looked_at(case, file))
    case.version = case.add_version()
    added(case, kept(looked_at(case, file)))
    found = places(case)
    assert [each[:2] for each in found] == [(5, None), (8, 12)]
    if kind != "edl":  # which has lines of 200 characters
        other = str(case.brand_reviewer.user)
        assert [each[2] for each in found] == [
            "=Too | dark,\nhere",
            f"{other}: {('Too fast ' * 40).strip()}",
        ]


async def _whole(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


def test_what_is_left_out_is_told_with_its_reason() -> None:
    case = Case()
    page = looked_at(case, sheet("5,,In", "999999,,After the end", "6,,", "x,,Nowhere", f"7,,{'a' * 4001}"))
    text = words(page)
    assert "5 comments were read" in text
    assert "4 are left out" in text
    for reason in (
        "Outside this clip (1)",
        "No words (1)",
        "frame rate (1)",
        "Longer than a comment can be (1)",
    ):
        assert reason in text
    assert "a" * 199 + "…" in text
    added(case, kept(page))
    assert places(case) == [(5, None, "In")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (sheet(*["1,,Word"] * 501), "This file has more than 500 markers."),
        (b"x" * (reading.MOST_BYTES + 1), "The file is too large."),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is no EDL, FCPXML, OpenTimelineIO or CSV file of comments."),
        (b'<!DOCTYPE fcpxml [<!ENTITY a "b">]><fcpxml/>', "The file declares entities"),
        (sheet(), "This file has no markers or comments."),
        (b"", "The submitted file is empty."),
    ],
    ids=["many", "large", "picture", "entities", "none", "empty"],
)
def test_a_file_that_cannot_be_taken_whole_is_refused(content: str | bytes, sentence: str) -> None:
    page = looked_at(Case(), content)
    assert page.status_code == 422
    assert sentence in words(page)


def test_what_has_no_frames_takes_a_sheet_alone() -> None:
    case = Case()
    Version.objects.update(rate_numerator=None, frame_count=None)
    assert "this version has none" in words(looked_at(case, "TITLE: x\n"))
    added(case, kept(looked_at(case, sheet(",,Lovely", "5,,At a frame"))))
    assert places(case) == [(None, None, "Lovely")]


def test_strangers_find_nothing_and_viewers_may_not() -> None:
    case = Case()
    read = kept(looked_at(case, sheet("5,,Too dark")))
    stranger, viewer = member(BrandFactory.create(), Role.ADMIN), member(case.brand, Role.VIEWER)
    for name in ("comment-import", "comment-import-add"):
        assert (
            signed_in(viewer).post(reverse(name, args=[case.brand.slug, case.version.pk])).status_code == 403
        )
        for slug in (case.brand.slug, stranger.brand.slug):
            address = reverse(name, args=[slug, case.version.pk])
            assert signed_in(stranger).post(address, {"read": read}).status_code == 404
    assert places(case) == []


def test_only_who_looked_at_it_adds_it_unchanged_to_that_version() -> None:
    case = Case()
    read = kept(looked_at(case, sheet("5,,Too dark")))
    other = case.add_version()
    for response in (
        added(case, read[:-1] + ("a" if read[-1] != "a" else "b")),
        added(case, "x" + read),
        added(case, ""),
        added(case, read, person=case.brand_reviewer),
        added(case, read, version=other),
    ):
        assert response.status_code == 422
        assert "What was read from the file is gone." in words(response)
    assert not Comment.objects.exists()


def test_a_version_that_was_replaced_or_decided_takes_it_as_any_comment() -> None:
    case = Case()
    case.approve_all()
    older = case.version
    case.add_version()
    comments.add(older, by=case.creator, body="Typed", frame=1)
    response = added(case, kept(looked_at(case, sheet("5,,Too dark"))))
    assert response["Location"].endswith("?tab=review&version=1")
    assert places(case) == [(1, None, "Typed"), (5, None, "Too dark")]


def test_as_many_queries_whatever_the_number_of_markers() -> None:
    case = Case()

    def counted(number: int, *, words: str) -> tuple[int, int]:
        file = sheet(*(f"{each % 40},,{words} {each}" for each in range(number)))
        with CaptureQueriesContext(connection) as reading:
            page = looked_at(case, file)
        with CaptureQueriesContext(connection) as adding:
            added(case, kept(page))
        return len(reading), len(adding)

    counted(1, words="Warm")
    one, fifty = counted(1, words="One"), counted(50, words="Fifty")
    assert one == fifty
    assert len(places(case)) == 52


def test_each_comment_leaves_an_event_and_all_of_them_one_notification() -> None:
    case = Case()
    remarks = [Remark(frame, None, f"Word {frame} @{case.legal_reviewer.user}") for frame in range(3)]
    source = Source(uuid4(), "markers.edl")
    importing.add_all(case.version, remarks, source, by=case.brand_reviewer)
    events = Event.objects.filter(verb=Verb.COMMENT_ADDED).order_by("sequence")
    key = str(source.key)
    assert [(each.data["frame"], each.data["import"]) for each in events] == [(0, key), (1, key), (2, key)]
    assert {each.data["comment"] for each in events} == set(Comment.objects.values_list("pk", flat=True))
    while following.run(case.brand.pk):
        pass
    told = Notification.objects.filter(kind__in=["commented", "mentioned"])
    assert list(told.values_list("user", "kind", "count")) == [(case.creator.user.pk, "commented", 3)]


def test_all_are_added_or_none() -> None:
    case = Case()
    remarks = [Remark(1, None, "In"), Remark(10**6, None, "Outside")]
    with pytest.raises(comments.CommentRefused):
        importing.add_all(case.version, remarks, Source(uuid4(), "markers.edl"), by=case.creator)
    assert places(case) == []


def test_only_what_was_selected_is_imported() -> None:
    case = Case()
    read = kept(looked_at(case, sheet("5,,Too dark", "8,12,Too fast", ",,Lovely")))
    added(case, read, rows=[0, 2, 7])
    assert places(case) == [(5, None, "Too dark"), (None, None, "Lovely")]
    added(case, read, rows=[1])
    assert len(places(case)) == 3
    assert CommentImport.objects.get().comments.count() == 3


def test_nothing_selected_is_told_and_the_rows_are_kept() -> None:
    case = Case()
    response = added(case, kept(looked_at(case, sheet("5,,Too dark"))), rows=[])
    assert response.status_code == 422
    assert "No comments were selected." in words(response)
    added(case, kept(response))
    assert places(case) == [(5, None, "Too dark")]


def test_a_double_click_imports_once_and_says_the_same_twice() -> None:
    case = Case()
    read = kept(looked_at(case, sheet("5,,Too dark", "8,12,Too fast")))
    for _click in range(2):
        page = signed_in(case.creator).get(added(case, read)["Location"])
        assert page.status_code == 200
    assert len(places(case)) == 2
    assert CommentImport.objects.count() == 1


def test_each_comment_says_which_file_it_came_from() -> None:
    case = Case()
    imported(case)
    comments.add(case.version, by=case.creator, body="Typed")
    address = reverse("comments", args=[case.brand.slug, case.version.pk])
    assert words(signed_in(case.creator).get(address)).count("Imported from “markers.csv”") == 2


def test_undo_takes_the_import_back_once() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="Typed")
    imported(case)
    assert CommentText.objects.count() == 3
    assert "2 imported comments were removed." in words(undone(case))
    assert places(case) == [(None, None, "Typed")]
    assert CommentText.objects.count() == 1
    assert Event.objects.filter(verb=Verb.COMMENT_DELETED).count() == 2
    undone(case)
    assert places(case) == [(None, None, "Typed")]
    assert Event.objects.filter(verb=Verb.COMMENT_DELETED).count() == 2


def test_what_was_taken_back_is_imported_again_from_the_file_alone() -> None:
    case = Case()
    file = sheet("5,,Too dark")
    read = kept(looked_at(case, file))
    added(case, read)
    undone(case)
    response = added(case, read)
    assert response.status_code == 422
    assert "This import was taken back." in words(response)
    added(case, kept(looked_at(case, file)))
    assert places(case) == [(5, None, "Too dark")]


def test_undo_leaves_what_others_count_on() -> None:
    case = Case()
    imported(case, *(f"{frame},,Word {frame}" for frame in range(6)))
    answered, resolved, assigned, edited, outside, _free = Comment.objects.order_by("frame")
    comments.add(case.version, by=case.brand_reviewer, body="Why?", answers=answered)
    comments.resolve(resolved, by=case.brand_reviewer)
    Comment.objects.filter(pk=assigned.pk).update(assigned_to=case.creator.user)
    corrections.edit(edited, by=case.creator, body="Other words")
    Comment.objects.filter(pk=outside.pk).update(for_guests=True)
    text = words(undone(case))
    assert "1 imported comment was removed. 5 stay, because they were answered" in text
    assert [each[0] for each in places(case) if each[0] is not None] == [0, 1, 2, 3, 4]


def test_nothing_is_taken_back_after_a_decision() -> None:
    case = Case()
    imported(case)
    case.approve_all()
    assert "A decision was made after this import" in words(undone(case))
    assert len(places(case)) == 2


def test_only_who_imported_it_takes_it_back() -> None:
    case = Case()
    imported(case)
    stranger = member(BrandFactory.create(), Role.ADMIN)
    assert undone(case, person=case.brand_reviewer).status_code == 403
    assert undone(case, person=stranger).status_code == 404
    assert len(places(case)) == 2


def test_own_imports_are_listed_with_their_undo_until_they_are_taken_back() -> None:
    case = Case()
    imported(case)
    address = reverse("comment-import", args=[case.brand.slug, case.version.pk])
    assert "Your imports markers.csv" in words(signed_in(case.creator).get(address))
    assert "Your imports" not in words(signed_in(case.brand_reviewer).get(address))
    undone(case)
    assert "Your imports" not in words(signed_in(case.creator).get(address))


def test_what_is_imported_is_not_shown_outside() -> None:
    case = Case()
    imported(case)
    assert not Comment.objects.filter(for_guests=True).exists()


def test_another_rate_than_the_clips_is_told() -> None:
    case = Case()
    file = (
        '<fcpxml><resources><format id="r1" frameDuration="1/50s"/></resources><sequence format="r1"'
        ' duration="9s"><spine><gap duration="9s"><marker start="0s" value="Dark"/></gap></spine></sequence>'
        "</fcpxml>"
    )
    assert "The file has 50 fps, this clip 24 fps." in words(looked_at(case, file))
    assert "both have 24 fps" in words(looked_at(case, file.replace("1/50s", "1/24s")))


def test_a_file_without_markers_offers_another() -> None:
    case = Case()
    page = looked_at(case, sheet("999999,,After the end"))
    assert "There is nothing to import from this file." in words(page)
    assert kept(page) == ""
