"""Files at comments: received, attached, shown as a worker made them, and let go."""

import html
import io
import json
import re
import subprocess
import wave
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from dam.audit.models import Event
from dam.catalog import stored_files
from dam.catalog.models import Asset
from dam.core import events, storage
from dam.media import ffmpeg
from dam.operations import stored
from provenance.attachments import files, worker
from provenance.attachments.files import AttachmentRefused, Sender
from provenance.attachments.models import Attachment, AttachmentPreview, AttachmentState
from provenance.comment_pdfs import contents
from provenance.review import comments, corrections
from provenance.review.comments import CommentRefused
from provenance.review.filtering import Filter
from provenance.review.models import Comment
from tests import media_factory
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_worker")]
PDF = b"%PDF-1.7\n1 0 obj\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"><script>alert(1)</script></svg>'


@pytest.fixture
def case() -> Case:
    return Case()


def png(width: int = 64, height: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(b"\x00\x10" * 16_000)
    return out.getvalue()


def sender(case: Case) -> Sender:
    return Sender(user=case.creator.user.pk)


def received(
    case: Case, data: bytes = PDF, name: str = "mood.pdf", *, by: Sender | None = None
) -> Attachment:
    return files.receive(case.version, SimpleUploadedFile(name, data), by=by or sender(case))


def commented(case: Case, *given: Attachment, body: str = "Like this") -> Comment:
    return comments.add(case.version, by=case.creator, body=body, attached=[each.pk for each in given])


def whole(response: Any) -> bytes:
    async def read() -> bytes:
        return b"".join([piece async for piece in response.streaming_content])

    return async_to_sync(read)()


def get(case: Case, name: str, row: Attachment, *, person: Any = None) -> Any:
    return signed_in(person or case.creator).get(reverse(name, args=[case.brand.slug, row.pk]))


def test_a_file_stands_at_the_comment_it_was_sent_for(case: Case) -> None:
    kept = received(case)
    comment = commented(case, kept)
    kept.refresh_from_db()
    assert (kept.comment, kept.filename, kept.format, kept.size) == (comment, "mood.pdf", "PDF", len(PDF))
    event = Event.objects.get(verb="comment.added")
    assert event.data["attachments"] == [kept.sha256]


def test_a_file_needs_no_words(case: Case) -> None:
    assert commented(case, received(case), body="").body == ""
    with pytest.raises(CommentRefused):
        commented(case, body="")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<!doctype html><script>alert(1)</script>", "unknown"),
        (b"MZ\x90\x00 a program", "unknown"),
        (b"#EXTM3U\nhttp://inside/secret", "unknown"),
        (PDF + b"x" * 2000, "too_large"),
    ],
)
def test_what_is_no_picture_pdf_sound_or_video_is_refused(
    case: Case, settings: Any, data: bytes, code: str
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1500
    with pytest.raises(AttachmentRefused) as refused:
        received(case, data, "mood.pdf")
    assert refused.value.code == code
    assert not Attachment.objects.exists()


def test_the_name_says_nothing_of_what_it_is(case: Case) -> None:
    assert received(case, png(), "sound.mp3").format == "PNG"


def test_a_comment_has_five_files_at_most(case: Case) -> None:
    given = [received(case, PDF + bytes([at])) for at in range(files.MOST + 1)]
    with pytest.raises(CommentRefused, match="5 files"):
        commented(case, *given)
    assert not Comment.objects.exists()


def test_nobody_attaches_what_somebody_else_sent(case: Case) -> None:
    other = received(case, by=Sender(user=case.brand_reviewer.user.pk))
    with pytest.raises(CommentRefused, match="no longer there"):
        commented(case, other)
    assert not Comment.objects.exists()


def test_the_same_sent_again_after_a_lost_answer_is_kept_once(case: Case) -> None:
    kept = received(case)
    first = commented(case, kept)
    assert commented(case, kept) == first
    with pytest.raises(CommentRefused, match="no longer there"):
        commented(case, kept, body="Something else")
    assert Comment.objects.get() == first


def test_on_a_full_disk_a_sentence_says_so(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "free", lambda: 1000)
    with pytest.raises(AttachmentRefused) as refused:
        received(case)
    assert refused.value.code == "full"


def test_another_brand_has_none_of_it(case: Case) -> None:
    kept, other = received(case), Case()
    commented(case, kept)
    client = signed_in(other.creator)
    for name in ("attachment", "attachment-preview"):
        assert client.get(reverse(name, args=[other.brand.slug, kept.pk])).status_code == 404
        assert client.get(reverse(name, args=[case.brand.slug, kept.pk])).status_code in (403, 404)
    sent = client.post(reverse("attachment-remove", args=[other.brand.slug, kept.pk]))
    assert sent.status_code == 404
    address = reverse("attachment-add", args=[other.brand.slug, case.version.pk])
    assert client.post(address, {"file": SimpleUploadedFile("a.pdf", PDF)}).status_code == 404


def test_one_person_has_twenty_drafts_at_most(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_DRAFTS", 1)
    received(case)
    with pytest.raises(AttachmentRefused) as refused:
        received(case)
    assert refused.value.code == "drafts"


def test_a_picture_is_shown_as_it_was_encoded_anew(case: Case) -> None:
    kept = received(case, png(4000, 20), "screen.png")
    commented(case, kept)
    worker.run(str(kept.pk))
    response = get(case, "attachment-preview", kept)
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    with Image.open(io.BytesIO(whole(response))) as picture:
        assert (picture.format, picture.width) == ("JPEG", worker.MOST_SIDE)


def test_sound_is_played_in_one_format(case: Case) -> None:
    kept = received(case, wav(), "note.wav")
    worker.run(str(kept.pk))
    kept.refresh_from_db()
    assert (kept.kind, kept.state, kept.preview.content_type) == ("sound", "ready", "audio/mp4")
    assert kept.duration_ms == pytest.approx(1000, abs=50)


def test_what_a_browser_records_is_played_too(case: Case, tmp_path: Path) -> None:
    kept = received(case, recorded(tmp_path), "note.webm")
    worker.run(str(kept.pk))
    kept.refresh_from_db()
    assert (kept.kind, kept.state, kept.preview.content_type) == ("sound", "ready", "audio/mp4")


def recorded(folder: Path) -> bytes:
    """A WebM as MediaRecorder writes it: Opus alone, sent as it goes, so that no length is said."""
    source, out = folder / "note.wav", folder / "note.webm"
    source.write_bytes(wav())
    with out.open("wb") as file:
        subprocess.run(
            [
                ffmpeg.binary(),
                "-v",
                "error",
                "-i",
                source,
                "-c:a",
                "libopus",
                "-f",
                "webm",
                "-live",
                "1",
                "-",
            ],
            stdout=file,
            check=True,
        )
    return out.read_bytes()


def test_of_a_video_a_frame_is_shown(case: Case, tmp_path: Path) -> None:
    kept = received(case, media_factory.clip(tmp_path / "clip.mp4").read_bytes(), "clip.mp4")
    worker.run(str(kept.pk))
    kept.refresh_from_db()
    assert (kept.kind, kept.preview.content_type, kept.preview.width) == ("video", "image/jpeg", 128)


def test_what_cant_be_opened_stays_a_file_to_save(case: Case) -> None:
    kept = received(case, b"\x89PNG\r\n\x1a\n broken", "broken.png")
    commented(case, kept)
    worker.run(str(kept.pk))
    kept.refresh_from_db()
    assert kept.state == AttachmentState.FAILED
    assert get(case, "attachment-preview", kept).status_code == 404
    assert whole(get(case, "attachment", kept)).startswith(b"\x89PNG")


@pytest.mark.parametrize(("data", "name"), [(SVG, "drawing.svg"), (PDF, "mood.html"), (png(), "screen.png")])
def test_the_file_itself_is_only_saved(case: Case, data: bytes, name: str) -> None:
    kept = received(case, data, name)
    commented(case, kept)
    response = get(case, "attachment", kept)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert whole(response) == data


def test_a_draft_is_given_to_nobody(case: Case) -> None:
    assert get(case, "attachment", received(case)).status_code == 404


def test_a_deleted_comment_gives_its_files_to_nobody(case: Case) -> None:
    kept = received(case)
    comment = commented(case, kept)
    corrections.delete(comment, by=case.creator)
    assert get(case, "attachment", kept).status_code == 404
    corrections.restore(comment, by=case.creator)
    assert get(case, "attachment", kept).status_code == 200


def test_the_page_sends_one_file_and_says_what_it_kept(case: Case) -> None:
    client = signed_in(case.creator)
    address = reverse("attachment-add", args=[case.brand.slug, case.version.pk])
    answer = client.post(address, {"file": SimpleUploadedFile("../mood\u202e.pdf", PDF)})
    assert answer.status_code == 201
    said = answer.json()
    assert client.post(said["remove"]).status_code == 204
    assert client.post(said["remove"]).status_code == 404
    assert client.post(address).status_code == 422
    refused = client.post(address, {"file": SimpleUploadedFile("a.html", b"<html>")})
    assert (refused.status_code, "image, a PDF" in refused.json()["message"]) == (422, True)


def test_a_comment_is_sent_with_its_files(case: Case) -> None:
    kept = received(case)
    client = signed_in(case.creator)
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    text = f'[["{kept.pk}", "mood.pdf", 4, "/somewhere"]]'
    page = client.post(address, {"body": "", "attachments": text}, headers=HTMX).content.decode()
    assert Comment.objects.get().attachments.get() == kept
    assert reverse("attachment", args=[case.brand.slug, kept.pk]) in page


def test_without_script_the_files_come_with_the_comment(case: Case) -> None:
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    sent = {"body": "See", "files": [SimpleUploadedFile("a.pdf", PDF), SimpleUploadedFile("b.png", png())]}
    assert signed_in(case.creator).post(address, sent).status_code == 302
    assert {each.filename for each in Comment.objects.get().attachments.all()} == {"a.pdf", "b.png"}


def test_without_script_files_of_a_comment_that_is_refused_come_back_with_it(case: Case) -> None:
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    client, far = signed_in(case.creator), {"body": "See", "at_frame": "on", "frame": "99999"}
    page = client.post(address, {**far, "files": [SimpleUploadedFile("a.pdf", PDF)]})
    assert page.status_code == 422
    kept = Attachment.objects.get()
    said = html.unescape(page.content.decode())
    field = re.search(r"data-attached>(\[.*?\])</textarea>", said)[1]  # type: ignore[index]
    assert json.loads(field) == [[str(kept.pk), "a.pdf", len(PDF)]]
    assert client.post(address, {"body": "See", "attachments": field}).status_code == 302
    assert Comment.objects.get().attachments.get() == kept


@pytest.mark.parametrize("text", ["{", "[1]", '[["x"]]', "null", "[" * 5000])
def test_a_field_of_files_that_cant_be_read_is_refused_with_the_words_kept(case: Case, text: str) -> None:
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    response = signed_in(case.creator).post(address, {"body": "Mine", "attachments": text}, headers=HTMX)
    assert response.status_code == 422
    assert "Mine" in response.content.decode()
    assert not Comment.objects.exists()


def test_editing_brings_and_takes_files(case: Case) -> None:
    first, second = received(case), received(case, png(), "screen.png")
    comment = commented(case, first)
    Comment.objects.filter(pk=comment.pk).update(for_guests=True)
    client = signed_in(case.creator)
    client.post(
        reverse("comment-edit", args=[case.brand.slug, comment.pk]),
        {"body": "Like this", "attachments": f'[["{second.pk}"]]', "detach": [str(first.pk), str(uuid4())]},
        headers=HTMX,
    )
    comment.refresh_from_db()
    assert [each.filename for each in comment.attachments.all()] == ["screen.png"]
    assert comment.edited_at is not None
    assert not comment.for_guests
    event = Event.objects.get(verb="comment.edited")
    assert (event.data["attached"], event.data["detached"]) == ([second.sha256], [first.sha256])


def test_the_last_file_of_a_comment_without_words_stays(case: Case) -> None:
    kept = received(case)
    comment = commented(case, kept, body="")
    with pytest.raises(CommentRefused):
        corrections.edit(comment, by=case.creator, body="", detached=[kept.pk])


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_removed_leaves_storage(case: Case) -> None:
    kept = received(case)
    assert storage.exists(kept.storage_key)
    assert not files.discard_draft(kept.pk, by=Sender(user=case.brand_reviewer.user.pk))
    assert files.discard_draft(kept.pk, by=sender(case))
    assert not storage.exists(kept.storage_key)


def test_where_its_workers_died_over_one_the_page_is_told(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = received(case, png(), "screen.png")
    commented(case, kept)
    Attachment.objects.update(state=AttachmentState.RUNNING, attempts=files.MOST_ATTEMPTS, started_at=None)
    told: list[str] = []
    monkeypatch.setattr(events, "publish", lambda **said: told.append(said["name"]))
    files.recover(at=timezone.now() + timedelta(hours=2))
    kept.refresh_from_db()
    assert (kept.state, told) == (AttachmentState.FAILED, [f"version-{case.version.pk}"])


def test_drafts_that_nobody_sends_go_after_two_days(case: Case) -> None:
    old, new, sent = received(case), received(case, png()), received(case, PDF + b"2")
    commented(case, sent)
    Attachment.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timedelta(days=3))
    files.recover()
    assert set(Attachment.objects.all()) == {new, sent}
    assert old.pk not in Attachment.objects.values_list("pk", flat=True)


def test_an_erased_comment_takes_its_files_along_and_one_with_answers_lets_them_go(case: Case) -> None:
    alone, answered = commented(case, received(case)), commented(case, received(case, png()))
    comments.add(case.version, by=case.brand_reviewer, body="Yes", answers=answered)
    for each in (alone, answered):
        corrections.delete(each, by=case.creator)
    corrections.erase(at=timezone.now() + timedelta(hours=2))
    assert not Attachment.objects.exists()


def test_files_go_with_the_version_and_their_previews_with_them(case: Case) -> None:
    kept = received(case, png(), "screen.png")
    commented(case, kept)
    worker.run(str(kept.pk))
    with connection.cursor() as cursor:  # as an older process would, which doesn't know them
        cursor.execute("DELETE FROM provenance_comment")
    assert not Attachment.objects.exists()
    assert not AttachmentPreview.objects.exists()


def test_under_legal_hold_what_was_sent_stays_and_drafts_go(case: Case) -> None:
    kept, draft = received(case), received(case, png())
    commented(case, kept)
    Asset.objects.filter(pk=case.version.asset_id).update(held_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=kept.pk).delete()
    assert files.discard_draft(draft.pk, by=sender(case))


def test_they_are_among_what_is_stored(case: Case) -> None:
    kept = received(case, png(), "screen.png")
    worker.run(str(kept.pk))

    def counted() -> list[tuple[int, int]]:
        return [(each.files, each.bytes) for each in stored.of(case.brand) if each.kind == "attachment"]

    kept.refresh_from_db()
    assert counted() == [(2, kept.size + kept.preview.size)]
    assert stored_files.unnamed([kept.storage_key, kept.preview.storage_key]) == []
    Attachment.objects.all().delete()
    assert counted() == []


def test_the_sheet_and_the_pdf_name_them(case: Case) -> None:
    commented(case, received(case), body="")
    address = reverse("comment-export", args=[case.brand.slug, case.version.pk, "csv"])
    assert "mood.pdf" in whole(signed_in(case.creator).get(address)).decode()
    found = contents.read(case.version, Filter(), for_guests=False)
    threads = list(contents.threads(case.version, found, {}, zone=ZoneInfo("UTC")))
    assert "mood.pdf" in threads[0].first.words
