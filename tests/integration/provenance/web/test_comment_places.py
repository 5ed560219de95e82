"""Where comments can be: on images, which are drawn on, and in sound, at a time or over a range."""

import html
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from dam.access import custom_roles
from dam.accounts import roles
from dam.accounts.capabilities import Capability, Role
from dam.accounts.models import Membership
from dam.catalog.models import RenditionKind, Version
from provenance.review import carrying, comments, drawings
from provenance.review.models import Comment
from tests.factories import RenditionFactory, UserFactory, member
from tests.integration.provenance.web.test_comment_export import text
from tests.review_factory import Case

pytestmark = pytest.mark.django_db

CIRCLE = {"kind": "ellipse", "colour": "red", "width": 0.006, "points": [[0.2, 0.2], [0.6, 0.7]]}
BESIDE = {**CIRCLE, "points": [[1.05, 0.2], [1.2, 0.7]]}
SOUND = {
    "kind": "sound",
    "frame_count": None,
    "rate_numerator": None,
    "rate_denominator": None,
    "width": None,
    "height": None,
    "duration_ms": 8_000,
}
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
    for shown in (page(case, "review", review.pk), page(case, "asset", case.version.asset_id)):
        assert "<drawing-board" in shown
        assert "drawing-tools" in shown
        assert re.search(r"js/drawing/board[^\"]*\.js", shown)


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


@pytest.fixture
def heard() -> Case:
    case = Case()
    of_kind(case, **SOUND)
    RenditionFactory.create(version=case.version, kind=RenditionKind.SOUND)
    return case


def marks(shown: str) -> list[tuple[int, int | None]]:
    found = re.search(r'data-markers="(.*?)"', shown)
    assert found is not None
    return [(each["frame"], each["end"]) for each in json.loads(html.unescape(found[1]))]


def test_a_comment_at_a_time_of_a_sound_and_one_over_a_range_lead_there(heard: Case) -> None:
    sent(heard, body="A click", at_frame="on", frame="5512")
    shown = sent(heard, body="Too loud", over_range="on", frame="1250", end_frame="3999").content.decode()
    places = list(Comment.objects.order_by("pk").values_list("frame", "end_frame"))
    assert places == [(5512, None), (1250, 3999)]
    assert marks(shown) == places
    words = " ".join(re.sub(r"<[^>]+>", " ", shown).split())
    assert "0:05.5" in words
    assert "0:01.2 – 0:03.9" in words
    assert 'data-seek-frame="5512"' in shown


@pytest.mark.parametrize(
    "more",
    [
        {"frame": "8000", "at_frame": "on"},
        {"frame": "99999999999", "at_frame": "on"},
        {"frame": "4000", "end_frame": "3000", "over_range": "on"},
        {"frame": "4000", "end_frame": "8000", "over_range": "on"},
        {"frame": "0", "at_frame": "on", "drawing": drawn(CIRCLE)},
        {"drawing": drawn(CIRCLE)},
    ],
)
def test_no_time_beyond_a_sound_and_no_drawing_is_taken(heard: Case, more: dict[str, str]) -> None:
    response = sent(heard, body="Keep my words", **more)
    assert response.status_code == 422
    assert "Keep my words" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_sound_is_played_by_the_player_along_its_waveform(heard: Case) -> None:
    review = heard.submit()
    for shown in (page(heard, "review", review.pk), page(heard, "asset", heard.version.asset_id)):
        assert "player-sound" in shown
        assert 'data-frames="8000"' in shown
        assert "<drawing-board" not in shown


def test_a_sounds_markers_are_exported_in_time(heard: Case) -> None:
    sent(heard, body="A click", at_frame="on", frame="5512")
    sent(heard, body="Too loud", over_range="on", frame="1250", end_frame="3999")
    client = Client()
    client.force_login(heard.creator.user)

    def export(kind: str, **query: str) -> str:
        address = reverse("comment-export", args=[heard.brand.slug, heard.version.pk, kind])
        return text(client.get(address, query))

    assert "0:05.512" in export("csv")
    assert "00:00:05:12 00:00:05:13" in export("edl", rate="24")
    assert "00:00:01:07 00:00:03:30" not in export("edl", rate="30")
    assert 'frameDuration="1/25s"' in export("fcpxml")
    assert '"rate": 1000.0, "value": 5512.0' in export("otio")


def test_markers_come_into_a_sound_at_their_time(heard: Case) -> None:
    codes = b"00:00:02:12 00:00:02:13 00:00:02:12 00:00:02:13"
    edl = b"TITLE: Mix\nFCM: NON-DROP FRAME\n\n001  001      V     C        " + codes
    edl += b"\n |C:ResolveColorRed |M:Ada: A click |D:1\n"
    client = Client()
    client.force_login(heard.creator.user)
    address = reverse("comment-import", args=[heard.brand.slug, heard.version.pk])
    asked = {"file": SimpleUploadedFile("mix.edl", edl), "rate": "24"}
    read = client.post(address, asked).content.decode()
    key = re.search(r'name="read"\s+value="([^"]+)"', read)
    assert key is not None
    assert "0:02.5" in read
    done = reverse("comment-import-add", args=[heard.brand.slug, heard.version.pk])
    assert client.post(done, {"read": key[1], "row": ["0"]}).status_code == 302
    assert Comment.objects.get().frame == 2500
    assert Comment.objects.get().end_frame is None


def test_times_of_a_sound_come_along_and_say_where_the_newer_is_shorter(heard: Case) -> None:
    early = comments.add(heard.version, by=heard.creator, body="A click", frame=1000, end_frame=3000)
    late = comments.add(heard.version, by=heard.creator, body="The end", frame=7000)
    newer = heard.add_version()
    of_kind(heard, **SOUND)
    Version.objects.filter(pk=newer.pk).update(duration_ms=2500)
    newer.refresh_from_db()
    assert carrying.place(early, on=newer) == carrying.Place(1000, 2499)
    assert carrying.place(late, on=newer).beyond
    shown = " ".join(page(heard, "comments-earlier", newer.pk).split())
    assert "At 0:07.0 of version 1. Version 2 is shorter." in shown


def test_a_link_to_a_moment_of_a_sound_begins_there_also_without_its_waveform(heard: Case) -> None:
    client = Client()
    client.force_login(heard.creator.user)
    shown = client.get(
        reverse("asset", args=[heard.brand.slug, heard.version.asset_id]), {"t": "2.5", "tab": "review"}
    ).text
    assert 'data-start="2500"' in shown


def test_whoever_draws_on_no_image_is_offered_to_show_no_drawing_on_it(case: Case) -> None:
    sent(case, body="Paler", drawing=drawn(CIRCLE))
    role = custom_roles.make(
        by=member(case.brand, Role.ADMIN), name="Reader", able=[Capability.VIEW_UNRELEASED]
    )
    person = UserFactory.create()
    Membership.objects.create(user=person, brand=case.brand, **roles.columns(role.value))
    client = Client()
    client.force_login(person)
    shown = client.get(reverse("comments", args=[case.brand.slug, case.version.pk])).text
    small = re.search(r'<(\w+) class="comment-drawing"', shown)
    assert small is not None
    assert small[1] == "div"
    assert "Drawing: show it alone" not in shown
