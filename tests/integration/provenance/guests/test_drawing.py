"""Outside reviewers draw on the frame: as members do, kept as vectors, and read as what a stranger sent."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dam.audit.models import Event
from dam.catalog.models import AssetKind, Version
from provenance.comment_pdfs import contents
from provenance.guests import corrections, remarks
from provenance.guests.links import GuestRefused
from provenance.guests.models import GuestRemark
from provenance.guests.rules import May
from provenance.review.filtering import Filter
from tests.integration.provenance.guests.conftest import Outside, inside
from tests.integration.provenance.web.room import signed_in

pytestmark = pytest.mark.django_db

ARROW = {"kind": "arrow", "colour": "red", "width": 0.01, "points": [[0.1, 0.2], [0.5, 0.6]]}
NOTE = {"kind": "text", "colour": "blue", "width": 0.06, "points": [[0.3, 0.3]], "text": "<b>Larger</b>"}
DRAWING: dict[str, Any] = {"v": 1, "shapes": [ARROW, NOTE]}


def send(client: Client, outside: Outside, **sent: object) -> Any:
    given = {"body": "", "at_frame": "on", "frame": "7", "drawing": json.dumps(DRAWING), **sent}
    return client.post(reverse("guest-comment", args=[outside.link.key]), given)


def written(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(read)()


def room(outside: Outside, client: Client) -> str:
    return client.get(reverse("guest-room", args=[outside.link.key])).content.decode()


def in_the_brand(outside: Outside) -> str:
    case = outside.case
    address = reverse("review-guests-said", args=[case.brand.slug, outside.review.pk])
    return signed_in(case.creator).get(address).content.decode()


def test_a_drawing_is_kept_as_vectors_and_seen_on_both_sides(outside: Outside) -> None:
    client = inside(outside.link)
    assert send(client, outside).status_code == 302
    remark = GuestRemark.objects.get()
    assert (remark.body, remark.frame, remark.drawing) == ("", 7, DRAWING)
    assert Event.objects.filter(verb="guest.commented").latest("sequence").data["shapes"] == 2
    for page in (room(outside, client), in_the_brand(outside)):
        assert 'data-drawing-of="7"' in page
        assert "<b>Larger" not in page
        assert "&lt;b&gt;Larger&lt;/b&gt;</text>" in page
    assert "<drawing-board" in room(outside, client)
    assert 'name="drawing-tool"' in room(outside, client)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("{", "can’t be read"),
        (json.dumps({"shapes": [{**ARROW, "colour": "url(//evil)"}]}), "can’t be read"),
        (json.dumps({"shapes": [{**ARROW, "points": [[1e999, 0], [0, 0]]}]}), "can’t be read"),
        (json.dumps({"shapes": [ARROW] * 201}), "up to 200 shapes"),
        ("[" * 200_000, "can’t be read"),
    ],
)
def test_what_is_no_drawing_is_refused_with_the_words_that_were_typed(
    outside: Outside, sent: str, said: str
) -> None:
    answer = send(inside(outside.link), outside, body="My words", drawing=sent)
    text = answer.content.decode().replace("&#x27;", "’").replace("'", "’")
    assert answer.status_code == 422
    assert "My words" in text
    assert said in text
    assert not GuestRemark.objects.exists()


def test_who_may_only_watch_draws_nothing(outside: Outside) -> None:
    link = outside.another(may=May.VIEW)
    client = inside(link)
    answer = client.post(
        reverse("guest-comment", args=[link.key]),
        {"body": "", "at_frame": "on", "frame": "7", "drawing": json.dumps(DRAWING)},
    )
    assert answer.status_code == 422
    assert not GuestRemark.objects.exists()
    remarks.say(outside.link, body="", frame=7, drawing=DRAWING)
    page = client.get(reverse("guest-room", args=[link.key])).content.decode()
    assert "comment-drawing" in page
    assert "<drawing-board" not in page


def test_a_drawing_needs_its_frame_and_a_sound_takes_none(outside: Outside) -> None:
    with pytest.raises(GuestRefused, match="needs its frame"):
        remarks.say(outside.link, body="Here", drawing=DRAWING)
    Version.objects.filter(pk=outside.case.version.pk).update(kind=AssetKind.SOUND, duration_ms=2_000)
    with pytest.raises(GuestRefused, match="can't be drawn on"):
        remarks.say(outside.link, body="Here", frame=7, drawing=DRAWING)


def test_an_image_is_one_frame(outside: Outside) -> None:
    Version.objects.filter(pk=outside.case.version.pk).update(kind=AssetKind.STILL)
    client = inside(outside.link)
    assert send(client, outside, at_frame="", frame="").status_code == 302
    assert GuestRemark.objects.get().frame == 0
    page = room(outside, client)
    assert f'<img src="{reverse("guest-video", args=[outside.link.key])}"' in page
    assert "/files/" not in page  # nothing but the copy that was made for them


def test_a_range_is_kept_and_one_that_ends_before_it_begins_is_refused(outside: Outside) -> None:
    client = inside(outside.link)
    given = {"body": "Too long", "drawing": "", "over_range": "on"}
    assert send(client, outside, **given, end_frame="12").status_code == 302
    remark = GuestRemark.objects.get()
    assert (remark.frame, remark.end_frame) == (7, 12)
    assert 'data-seek-end="12"' in room(outside, client)
    assert 'data-seek-end="12"' in in_the_brand(outside)
    assert send(client, outside, **given, end_frame="3").status_code == 422


def test_all_drawings_of_a_link_have_an_end(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remarks, "MOST_DRAWN", 400)
    remarks.say(outside.link, body="One", frame=7, drawing=DRAWING)
    with pytest.raises(GuestRefused, match="as much as one link takes"):
        remarks.say(outside.link, body="Two", frame=7, drawing=DRAWING)
    remarks.say(outside.another(), body="Another", frame=7, drawing=DRAWING)


def test_the_same_drawing_sent_twice_is_one_and_another_is_another(outside: Outside) -> None:
    for drawing in (DRAWING, DRAWING, {"v": 1, "shapes": [ARROW]}):
        remarks.say(outside.link, body="Here", frame=7, drawing=drawing)
    assert GuestRemark.objects.count() == 2


def test_a_drawing_needs_no_words_when_they_are_edited_and_goes_with_its_comment(outside: Outside) -> None:
    remark = remarks.say(outside.link, body="Here", frame=7, drawing=DRAWING)
    corrections.edit(outside.link, remark.pk, body="")
    remarks.answer(remark, by=outside.case.creator, body="We see")
    client = inside(outside.link)
    corrections.delete(outside.link, remark.pk)
    assert "comment-drawing" not in room(outside, client)
    assert "comment-drawing" not in in_the_brand(outside)
    corrections.erase(at=timezone.now() + timedelta(hours=2))
    assert GuestRemark.objects.get(pk=remark.pk).drawing is None


def test_it_is_in_the_csv_and_the_pdf(outside: Outside) -> None:
    case = outside.case
    remark = remarks.say(outside.link, body="", frame=7, drawing=DRAWING)
    remarks.say(outside.link, body="Plain", frame=9)
    address = reverse("comment-export", args=[case.brand.slug, case.version.pk, "csv"])
    text = written(signed_in(case.creator).get(address)).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(text)))
    assert (row["drawing"], row["written_in_drawing"]) == ("yes", "<b>Larger</b>")
    read = contents.read(case.version, Filter(drawn=True), for_guests=False)
    assert [(shot.key, shot.drawing) for shot in read.shots] == [(f"outside-{remark.pk}", DRAWING)]
    assert contents.read(case.version, Filter(), for_guests=True).shots == []
