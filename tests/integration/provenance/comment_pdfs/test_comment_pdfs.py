"""Comments as a PDF: asked for, made by a worker with real frames, kept for who asked, and let go."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import async_to_sync
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand, Membership
from dam.accounts.principals import Member
from dam.audit.models import Event
from dam.audit.verbs import Verb
from dam.catalog import stored_files
from dam.catalog.models import Rendition, Version
from dam.core import storage
from dam.media import runner
from dam.notifications import following
from dam.notifications.models import Notification
from dam.operations import stored
from provenance.comment_pdfs import contents, pdfs, worker
from provenance.comment_pdfs.models import CommentPdf, PdfState
from provenance.review import comments, filtering
from provenance.review.filtering import Filter
from provenance.review.models import Comment
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.room import signed_in
from tests.release_factory import case_of
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
LINE = {"kind": "pencil", "colour": "red", "width": 0.1, "points": [[0.1, 0.5, 0.5], [0.9, 0.5, 0.5]]}


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dam.celery.app.send_task", lambda *args, **kwargs: None)


@pytest.fixture
def case(generated: Path) -> Case:
    """A clip whose master is a real film, and that has no proxy yet."""
    made = case_of(generated)
    Rendition.objects.filter(version=made.version).delete()
    with storage.local_copy(made.version.storage_key) as path:
        info = runner.probe(path)
    Version.objects.filter(pk=made.version.pk).update(
        media_info=info.to_json(), frame_count=info.frame_count, width=info.width, height=info.height
    )
    made.version = Version.objects.select_related("asset", "brand").get(pk=made.version.pk)
    return made


def asked(case: Case, wanted: Filter | None = None, *, by: Member | None = None, **facts: Any) -> CommentPdf:
    facts = {"for_guests": False, "language": "en", **facts}
    return pdfs.request(case.version, wanted or Filter(), by=by or case.creator, **facts)


def made(case: Case, wanted: Filter | None = None, **facts: Any) -> CommentPdf:
    pdf = asked(case, wanted, **facts)
    worker.run(str(pdf.pk))
    pdf.refresh_from_db()
    return pdf


def read(pdf: CommentPdf) -> PdfReader:
    assert pdf.state == PdfState.READY, pdf.reason
    with storage.local_copy(pdf.storage_key) as path:
        return PdfReader(io.BytesIO(path.read_bytes()))


def text(pdf: CommentPdf) -> str:
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def test_it_has_frames_with_drawings_words_answers_and_who_resolved(case: Case) -> None:
    Brand.objects.filter(pk=case.brand.pk).update(time_zone="Asia/Tokyo")
    at = timezone.now().replace(year=2026, month=3, day=1, hour=20, minute=30)
    first = comments.add(
        case.version,
        by=case.creator,
        body="Logo too small",
        frame=3,
        drawing={"v": 1, "shapes": [LINE]},
        at=at,
    )
    comments.add(case.version, by=case.brand_reviewer, body="Agreed", answers=first)
    comments.resolve(first, by=case.brand_reviewer)
    comments.add(case.version, by=case.creator, body="Nice pace")
    pdf = made(case)
    found = text(pdf)
    for words in (
        case.version.asset.title,
        case.version.sha256,
        str(case.creator.user),
        "Asia/Tokyo, UTC+09:00",
        "2 March 2026, 05:30",
        "frame 3",
        "Logo too small",
        "Agreed",
        f"Resolved by {case.brand_reviewer.user}",
        "Whole clip",
        "Nice pace",
        "None: all comments",
    ):
        assert words in found
    (image,) = [image for page in read(pdf).pages for image in page.images]
    assert image.image is not None
    shown = image.image.convert("RGB")
    red, green, _blue = shown.getpixel((shown.width // 2, shown.height // 2))  # type: ignore[misc]
    assert red > 180 > 120 > green
    assert (pdf.threads, pdf.undrawn, pdf.missing_frames) == (2, 0, 0)


def test_frames_that_several_comments_share_are_decoded_once(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for frame in (5, 2, 5):
        comments.add(case.version, by=case.creator, body="Here", frame=frame)
    decoded: list[list[int]] = []
    real = runner.frames_at
    monkeypatch.setattr(
        runner,
        "frames_at",
        lambda path, **given: decoded.append(given["indexes"]) or real(path, **given),  # type: ignore[func-returns-value]
    )
    pdf = made(case)
    assert decoded == [[2, 5]]
    assert (pdf.threads, pdf.missing_frames) == (3, 0)


def test_a_filter_leaves_out_the_rest_and_is_told(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="Mine")
    comments.add(case.version, by=case.brand_reviewer, body="Theirs")
    found = text(made(case, Filter(person=case.creator.user.pk)))
    assert "Mine" in found
    assert "Theirs" not in found
    assert f"By {case.creator.user}" in found


def test_for_outside_it_has_what_guests_read_alone(case: Case) -> None:
    Brand.objects.filter(pk=case.brand.pk).update(guest_reviews=True)
    inside = {"v": 1, "shapes": [{**LINE, "kind": "text", "points": [[0.1, 0.1]], "text": "Inside words"}]}
    shown = comments.add(case.version, by=case.creator, body="For the agency", frame=2, drawing=inside)
    Comment.objects.filter(pk=shown.pk).update(for_guests=True, assigned_to=case.creator.user)
    comments.add(case.version, by=case.creator, body="Inside answer", answers=shown)
    comments.add(case.version, by=case.creator, body="Inside remark")
    found = text(made(case, for_guests=True))
    assert "For the agency" in found
    assert "with a drawing" not in found
    for words in ("Inside", "Assigned", "Unresolved"):
        assert words not in found


def test_what_was_deleted_isnt_in_it(case: Case) -> None:
    first = comments.add(case.version, by=case.creator, body="Secret", frame=2)
    comments.add(case.version, by=case.brand_reviewer, body="Yes", answers=first)
    Comment.objects.filter(pk=first.pk).update(deleted_at=timezone.now())
    found = text(made(case))
    assert "Secret" not in found
    assert "Deleted by its author" in found


def test_its_words_are_in_the_language_that_was_asked_for(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="Hallo")
    assert "Ganzer Clip" in text(made(case, language="de"))


def test_frames_that_cant_be_decoded_are_told(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    comments.add(case.version, by=case.creator, body="Here", frame=2)
    Version.objects.filter(pk=case.version.pk).update(storage_key="gone/gone.mp4")
    pdf = made(case)
    assert pdf.missing_frames == 1
    assert "couldn't be decoded" in text(pdf)


def test_more_comments_than_it_holds_are_refused_with_the_way_out(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "MOST", 2)
    for words in ("One", "Two", "Three"):
        comments.add(case.version, by=case.creator, body=words)
    with pytest.raises(pdfs.PdfRefused, match=r"up to 2 comments, and these are 3\. Narrow"):
        asked(case)
    response = signed_in(case.creator).post(
        reverse("comment-pdf-make", args=[case.brand.slug, case.version.pk])
    )
    assert response.status_code == 422
    assert not CommentPdf.objects.exists()


def test_reading_costs_as_many_queries_for_many_threads_as_for_one(case: Case) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as counted:
            found = contents.read(case.version, Filter(), for_guests=False)
            list(contents.threads(case.version, found, {}, zone=ZoneInfo("UTC")))
        return len(counted)

    first = comments.add(case.version, by=case.creator, body="One", frame=1)
    one = queries()
    for n in range(5):
        comments.add(case.version, by=case.brand_reviewer, body=f"{n}", frame=n)
        comments.add(case.version, by=case.legal_reviewer, body=f"{n}", answers=first)
    assert queries() == one


def test_whoever_asked_is_told_and_it_stands_in_the_log(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="One")
    following.run(case.brand.pk)
    Notification.objects.all().delete()
    pdf = made(case)
    event = Event.objects.get(verb=Verb.COMMENTS_EXPORTED)
    assert (event.actor, event.data["sha256"], event.data["threads"]) == (case.creator.user, pdf.sha256, 1)
    following.run(case.brand.pk)
    told = Notification.objects.get()
    assert (told.user, told.kind) == (case.creator.user, "comments_pdf")


def test_a_second_worker_does_nothing_and_a_removed_one_is_noticed(case: Case) -> None:
    pdf = asked(case)
    claimed = pdfs.claim(pdf.pk, token="a", at=timezone.now())
    assert claimed is not None
    assert pdfs.claim(pdf.pk, token="b", at=timezone.now()) is None
    pdfs.remove(pdf)
    with pytest.raises(pdfs.Lost):
        pdfs.progress(claimed, 5)


def test_one_whose_worker_died_is_claimed_again_and_given_up_at_last(case: Case) -> None:
    pdf, at = asked(case), timezone.now()
    for _again in range(pdfs.MOST_ATTEMPTS):
        assert pdfs.claim(pdf.pk, token="a", at=at) is not None
        at += timedelta(minutes=5)
    assert pdfs.claim(pdf.pk, token="a", at=at) is None
    pdfs.recover(at=at)
    pdf.refresh_from_db()
    assert pdf.state == PdfState.FAILED


def test_it_goes_after_some_days_with_its_file(case: Case) -> None:
    pdf = made(case)
    assert stored_files.is_named(pdf.storage_key)
    pdfs.recover(at=timezone.now() + pdfs.KEPT + timedelta(hours=1))
    assert not CommentPdf.objects.exists()
    assert not storage.exists(pdf.storage_key)


def test_what_it_takes_is_counted_until_it_goes(case: Case) -> None:
    def counted() -> tuple[int, int]:
        rows = [each for each in stored.of(case.brand) if each.kind == "comment_pdf"]
        return (rows[0].files, rows[0].bytes) if rows else (0, 0)

    pdf = made(case)
    assert counted() == (1, pdf.size)
    pdfs.remove(pdf)
    assert counted() == (0, 0)


def test_nobody_else_has_it(case: Case) -> None:
    pdf = made(case)
    address = reverse("comment-pdf", args=[case.brand.slug, pdf.pk])
    response = signed_in(case.creator).get(address)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == "application/pdf"
    assert async_to_sync(_whole)(response).startswith(b"%PDF-")
    for other in (case.brand_reviewer, member(case.brand, Role.ADMIN)):
        assert signed_in(other).get(address).status_code == 404
    elsewhere = member(BrandFactory.create(), Role.ADMIN)
    Membership.objects.create(brand=elsewhere.brand, user=case.creator.user, role=Role.ADMIN)
    strange = reverse("comment-pdf", args=[elsewhere.brand.slug, pdf.pk])
    assert signed_in(case.creator).get(strange).status_code == 404


def test_who_no_longer_works_here_has_it_no_longer(case: Case) -> None:
    pdf = made(case)
    Membership.objects.filter(user=case.creator.user).update(role=Role.VIEWER)
    response = signed_in(case.creator).get(reverse("comment-pdf", args=[case.brand.slug, pdf.pk]))
    assert response.status_code == 403


def test_viewers_cant_ask_for_one(case: Case) -> None:
    with pytest.raises(PermissionDenied):
        asked(case, by=member(case.brand, Role.VIEWER))


async def _whole(response: Any) -> bytes:
    return b"".join([piece async for piece in response.streaming_content])


def test_the_page_says_what_it_would_hold_and_how_others_stand(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="One", frame=1)
    client = signed_in(case.creator)
    address = reverse("comment-pdfs", args=[case.brand.slug, case.version.asset_id])
    page = client.get(address, {"comments": "open"}).content.decode()
    assert "1 comment" in page
    assert "up to 1,000" in page
    assert 'name="comments" value="open"' in page
    sent = client.post(
        reverse("comment-pdf-make", args=[case.brand.slug, case.version.pk]), {"comments": "open"}
    )
    assert sent.status_code == 302
    pdf = CommentPdf.objects.get()
    assert filtering.read(pdf.wanted, stages=[]) == Filter(state="open")
    assert "Waiting for a worker." in client.get(address).content.decode()
    worker.run(str(pdf.pk))
    assert reverse("comment-pdf", args=[case.brand.slug, pdf.pk]) in client.get(address).content.decode()


def test_the_comments_offer_it_with_their_filter(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="One", frame=1)
    page = signed_in(case.creator).get(
        reverse("comments", args=[case.brand.slug, case.version.pk]), {"comments": "open"}
    )
    address = reverse("comment-pdfs", args=[case.brand.slug, case.version.asset_id])
    assert f"{address}?version=1&amp;comments=open" in page.content.decode()


def test_an_image_stands_in_it_with_what_was_drawn(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "poster.png"
    Image.new("RGB", (400, 300), "#204060").save(path)
    kept = storage.put(path, brand_id=case.brand.pk, suffix=".png")
    facts = {"storage_key": kept.key, "sha256": kept.sha256, "width": 400, "height": 300}
    timeless = {"frame_count": None, "rate_numerator": None, "duration_ms": None}
    info = runner.probe(path).to_json()
    Version.objects.filter(pk=case.version.pk).update(kind="still", media_info=info, **facts, **timeless)
    case.version.renditions.all().delete()
    case.version.refresh_from_db()
    comments.add(case.version, by=case.brand_reviewer, body="Paler", drawing={"v": 1, "shapes": [LINE]})
    comments.add(case.version, by=case.brand_reviewer, body="A nice mood")
    pdf = made(case)
    words = text(pdf)
    assert "On the image" in words
    assert "Whole image" in words
    assert sum(len(page.images) for page in read(pdf).pages) == 1
