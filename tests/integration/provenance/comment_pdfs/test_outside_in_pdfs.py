"""What outside reviewers said in a PDF of comments and in the CSV, and the pictures that people attached."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from dam.accounts.models import Brand
from provenance.attachments import files
from provenance.attachments import worker as attachments_worker
from provenance.attachments.files import Sender
from provenance.attachments.models import Attachment, AttachmentPreview
from provenance.comment_pdfs import contents
from provenance.guests.models import GuestAdvice, GuestLink, GuestRemark
from provenance.review import comments
from provenance.review.filtering import Filter
from provenance.review.models import Comment, Review
from tests.integration.provenance.comment_pdfs.test_comment_pdfs import (
    _no_worker,
    case,
    made,
    read,
    text,
)
from tests.integration.provenance.web.room import signed_in
from tests.integration.provenance.web.test_comment_export import rows
from tests.review_factory import Case

__all__ = ["_no_worker", "case"]
pytestmark = pytest.mark.django_db


def guest(case: Case) -> GuestLink:
    Brand.objects.filter(pk=case.brand.pk).update(guest_reviews=True)
    review = Review.objects.filter(version=case.version).first() or case.submit()
    link: GuestLink = GuestLink.objects.create(
        brand=case.brand,
        review=review,
        version=case.version,
        email="ada@agency.example",
        name="Ada",
        may="comment",
        proof="code",
        created_by=case.creator.user,
        expires_at=timezone.now() + timedelta(days=5),
    )
    return link


def said(link: GuestLink, body: str, frame: int | None = None) -> GuestRemark:
    remark: GuestRemark = GuestRemark.objects.create(review=link.review, link=link, body=body, frame=frame)
    return remark


def answered(remark: GuestRemark, case: Case, body: str) -> None:
    GuestRemark.objects.create(review=remark.review, author=case.creator.user, parent=remark, body=body)


def picture(case: Case) -> Attachment:
    out = io.BytesIO()
    Image.new("RGB", (800, 400), (0, 160, 0)).save(out, "PNG")
    sent = SimpleUploadedFile("logo.png", out.getvalue(), "image/png")
    kept = files.receive(case.version, sent, by=Sender(user=case.creator.user.pk))
    attachments_worker.run(str(kept.pk))
    assert AttachmentPreview.objects.filter(attachment=kept).exists()
    return kept


def test_what_they_said_stands_in_it_marked_with_frame_and_answers(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="Inside first", frame=3)
    remark = said(guest(case), "The bottle is cut", frame=3)
    answered(remark, case, "We know")
    pdf = made(case)
    found = text(pdf)
    assert "Ada (outside)" in found
    assert "frame 3 · Outside" in found
    assert found.index("Inside first") < found.index("The bottle is cut") < found.index("We know")
    assert "Comments with replies: 3" in found
    assert (pdf.threads, pdf.missing_frames) == (2, 0)
    assert len([image for page in read(pdf).pages for image in page.images]) == 2


def test_neither_a_filter_nor_the_export_for_outside_has_them(case: Case) -> None:
    said(guest(case), "The bottle is cut")
    shown = comments.add(case.version, by=case.creator, body="For the agency")
    Comment.objects.filter(pk=shown.pk).update(for_guests=True)
    for wanted in (Filter(state="open"), Filter(person=case.creator.user.pk), Filter(drawn=True)):
        assert not contents.read(case.version, wanted, for_guests=False).outside
    found = text(made(case, for_guests=True))
    assert "For the agency" in found
    assert "bottle" not in found


def test_by_the_stage_they_are_found_where_they_were_said(case: Case) -> None:
    said(guest(case), "The bottle is cut")
    for stage, count in (("brand", 1), ("legal", 0)):
        found = contents.read(case.version, Filter(stage=stage), for_guests=False)
        assert len(found.outside) == count


def test_attached_pictures_stand_small_beside_their_comment(case: Case) -> None:
    first = comments.add(case.version, by=case.creator, body="Like this", attached=[picture(case).pk])
    pdf = made(case)
    (image,) = [image for page in read(pdf).pages for image in page.images]
    assert image.image is not None
    assert (image.image.width, image.image.height) == (320, 160)
    assert "Attached: logo.png" in text(pdf)
    Comment.objects.filter(pk=first.pk).update(for_guests=True)
    assert not [image for page in read(made(case, for_guests=True)).pages for image in page.images]
    Comment.objects.filter(pk=first.pk).update(deleted_at=timezone.now())
    assert contents.read(case.version, Filter(), for_guests=False).attached == []


def test_a_preview_that_storage_has_lost_leaves_its_name(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="Like this", attached=[picture(case).pk])
    AttachmentPreview.objects.update(storage_key="gone/gone.jpg")
    assert "Attached: logo.png" in text(made(case))


def test_without_comments_it_says_so_and_so_does_its_page(case: Case) -> None:
    assert "There are no comments to show here." in text(made(case))
    address = reverse("comment-pdfs", args=[case.brand.slug, case.version.asset_id])
    client = signed_in(case.creator)
    assert "No comments yet. The PDF would say so and nothing else." in client.get(address).text
    filtered = client.get(address, {"comments": "resolved"}).text
    assert "No comments match these filters." in filtered


def test_the_sheet_has_what_they_said_after_the_comments(case: Case) -> None:
    comments.add(case.version, by=case.creator, body="Inside")
    remark = said(guest(case), "=The bottle is cut", frame=3)
    answered(remark, case, "We know")
    inside, first, answer = rows(case)
    assert (inside["person"], inside["outside_reviewer"]) == (str(case.creator.user), "")
    assert (first["id"], first["person"], first["frame"]) == (f"guest-{remark.pk}", "Ada", "3")
    assert first["comment"] == "'=The bottle is cut"
    assert (first["stage"], first["outside_reviewer"]) == ("brand", "yes")
    assert (answer["reply_to"], answer["outside_reviewer"]) == (f"guest-{remark.pk}", "")


def advised(link: GuestLink, kind: str, words: str = "") -> GuestAdvice:
    return GuestAdvice.objects.create(
        link=link, review=link.review, kind=kind, words=words, content_sha256=link.version.sha256
    )


def test_what_they_recommended_last_stands_at_the_top_for_the_brand_alone(case: Case) -> None:
    link = guest(case)
    advised(link, "reject", "Never")
    advised(link, "changes", "Darker,\nplease")
    found = text(made(case))
    assert "Ada: Request changes" in found
    assert "Darker, please" in found
    assert "Never" not in found
    assert "Ada" not in text(made(case, for_guests=True))
    for wanted, count in ((Filter(state="open"), 0), (Filter(stage="brand"), 1), (Filter(stage="legal"), 0)):
        assert len(contents.read(case.version, wanted, for_guests=False).advice) == count


def test_the_sheet_has_what_they_recommended_last(case: Case) -> None:
    link = guest(case)
    advised(link, "reject", "Never")
    last = advised(link, "changes", "=Darker")
    (row,) = rows(case)
    assert (row["id"], row["person"], row["comment"]) == (f"advice-{last.pk}", "Ada", "'=Darker")
    assert (row["recommendation"], row["outside_reviewer"], row["stage"]) == ("changes", "yes", "brand")
