"""Comments on the asset page."""

import html
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from provenance.review import comments
from provenance.review.models import Comment
from tests.factories import BrandFactory, member
from tests.integration.provenance.web.panel import comment, panel
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case
from tests.review_templates import group

pytestmark = pytest.mark.django_db


def test_a_comment_keeps_the_frame_that_was_on_screen() -> None:
    case = Case()
    response = comment(case, case.creator, body="The logo flickers", frame="31", at_frame="on")
    assert response.status_code == 200
    assert Comment.objects.get().frame == 31
    shown = response.content.decode()
    assert 'data-seek-frame="31"' in shown
    assert "00:00:01:07" in shown
    found = re.search(r'data-markers="(.*?)"', shown)
    assert found is not None
    assert [marker["frame"] for marker in json.loads(html.unescape(found[1]))] == [31]


def test_a_comment_may_be_about_the_whole_clip() -> None:
    case = Case()
    comment(case, case.creator, body="Lovely", frame="31")
    assert Comment.objects.get().frame is None


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"body": " "}, "Write a comment first."),
        ({"body": "Here", "frame": "48", "at_frame": "on"}, "have that frame."),
    ],
)
def test_a_comment_that_cannot_be_kept_comes_back(data: dict[str, str], message: str) -> None:
    case = Case()
    response = comment(case, case.creator, **data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not Comment.objects.exists()


def test_what_somebody_writes_is_text_and_never_markup() -> None:
    case = Case()
    response = comment(
        case, case.creator, body="</script><script>alert(1)</script>", frame="0", at_frame="on"
    )
    assert b"<script>alert" not in response.content


def test_a_comment_is_resolved_and_a_second_click_does_no_harm() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    address = reverse("comment-resolve", args=[case.brand.slug, remark.pk])
    for _ in range(2):
        response = signed_in(case.brand_reviewer).post(address, headers=HTMX)
        assert response.status_code == 200
    assert "Resolved by" in response.content.decode()


def test_a_comment_of_another_brand_is_not_there() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers")
    stranger = member(BrandFactory.create(), Role.ADMIN)
    slug = stranger.brand.slug
    client = signed_in(stranger)
    assert client.post(reverse("comment-resolve", args=[slug, remark.pk])).status_code == 404
    assert client.post(reverse("comment-add", args=[slug, case.version.pk])).status_code == 404
    assert client.get(reverse("comments", args=[slug, case.version.pk])).status_code == 404
    assert client.get(reverse("asset-review", args=[slug, case.version.asset_id])).status_code == 404


def kept_typed(page: str) -> list[str]:
    """Where new words are kept when the list comes again, in order; other forms of comments aside."""
    found = re.findall(r'id="([\w-]+)"[^>]*hx-preserve="true"', page)
    return [name for name in found if not name.startswith(("edit-", "assigning-"))]


def test_an_older_version_counts_what_is_open_on_the_newer_one() -> None:
    case = Case()
    newer = case.add_version()
    comments.add(newer, by=case.creator, body="The logo flickers")
    comments.resolve(comments.add(newer, by=case.creator, body="Done"), by=case.creator)
    address = reverse("asset-review", args=[case.brand.slug, case.version.asset_id])
    shown = signed_in(case.creator).get(address, {"version": "1"}).text
    assert "The logo flickers" not in shown
    assert re.search(r">Version 2</a>\s*has 1 open comment\.", shown)


def test_a_comment_sent_without_htmx_comes_back_on_a_page_of_its_own() -> None:
    case = Case()
    address = reverse("comment-add", args=[case.brand.slug, case.version.pk])
    response = signed_in(case.brand_reviewer).post(address, {"body": ""})
    assert (response.status_code, "</html>" in response.content.decode()) == (422, True)


def test_an_answer_stands_under_what_it_answers() -> None:
    case = Case()
    first = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    response = comment(case, case.brand_reviewer, body="Fixed now", answers=str(first.pk))
    assert "Fixed now" in response.text
    answer = Comment.objects.get(parent=first)
    assert (answer.body, answer.frame, answer.author) == ("Fixed now", None, case.brand_reviewer.user)
    client = Client()
    client.force_login(case.creator.user)
    page = client.get(reverse("comments", args=[case.brand.slug, case.version.pk])).text
    assert page.index("The logo flickers") < page.index("Fixed now") < page.index("Reply")
    assert comment(case, case.creator, body="Where?", answers="999999").status_code == 404
    refused = comment(case, case.creator, body="x" * 5000, answers=str(first.pk))
    reply = refused.text.split(f'id="reply-{first.pk}"')[1].split("</details>")[0]
    assert "x" * 5000 in reply  # it stays an answer
    assert "field-error" in reply
    assert 'id="comment-body"' in refused.text
    assert kept_typed(refused.text) == ["comment-body"]


def test_what_is_typed_elsewhere_stays_when_a_comment_or_an_answer_is_sent() -> None:
    case = Case()
    first, other = (comments.add(case.version, by=case.creator, body=body) for body in ("One", "Two"))
    sent = comment(case, case.creator, body="Three").text
    assert all(f'id="reply-{each.pk}"\n' in sent for each in (first, other))
    assert len(kept_typed(sent)) == 3  # each answer that may be under way, the new remark's too
    answered = comment(case, case.creator, body="Yes", answers=str(first.pk)).text
    assert len(kept_typed(answered)) == 3  # two answers, and the comment
    assert "hx-preserve" not in answered.split(f'id="reply-{first.pk}"')[1].split(">")[0]


def test_people_are_offered_by_the_beginning_of_any_of_their_names() -> None:
    case = Case()
    for name in ("Ada Lovelace", "Zoë Adams", "Ben"):
        member(case.brand, name=name)
    member(BrandFactory.create(), name="Adele Elsewhere")
    client = Client()
    client.force_login(case.creator.user)
    answer = client.get(reverse("comment-people", args=[case.brand.slug]), {"q": "ad"})
    assert answer.json() == {"names": ["Ada Lovelace", "Zoë Adams"], "groups": []}


def test_groups_that_have_people_are_offered_too_unless_a_person_has_that_name() -> None:
    case = Case()
    person = member(case.brand, name="Legal Ada")
    group(case.brand, person, name="Legal FR")
    group(case.brand, person, name="LEGAL ADA")
    group(case.brand, name="Legal and empty")
    other = BrandFactory.create()
    group(other, member(other), name="Legal elsewhere")
    answer = signed_in(case.creator).get(reverse("comment-people", args=[case.brand.slug]), {"q": "legal"})
    assert answer.json() == {"names": ["Legal Ada"], "groups": ["Legal FR"]}


def change(case: Case, name: str, remark: Comment, person: Member, **data: Any) -> Any:
    address = reverse(name, args=[case.brand.slug, remark.pk])
    return signed_in(person).post(address, data, headers=HTMX)


def test_ones_own_comment_is_edited_and_deleted_in_its_place_and_others_are_not_offered_to() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    address = reverse("comments", args=[case.brand.slug, case.version.pk])
    edit = reverse("comment-edit", args=[case.brand.slug, remark.pk])
    assert edit in signed_in(case.creator).get(address).text
    assert edit not in signed_in(case.brand_reviewer).get(address).text
    edited = change(case, "comment-edit", remark, case.creator, body="The bottle flickers").text
    assert "The bottle flickers" in edited
    assert "Edited" in edited
    gone = change(case, "comment-delete", remark, case.creator).text
    assert "Deleted by its author" in gone
    assert "The bottle flickers" not in gone
    assert "No comments yet" not in gone
    assert reverse("comment-restore", args=[case.brand.slug, remark.pk]) in gone
    assert 'data-markers="[]"' in gone
    seen = signed_in(case.brand_reviewer).get(address).text
    assert "Deleted by its author" not in seen
    assert "No comments yet" in seen
    assert "The bottle flickers" in change(case, "comment-restore", remark, case.creator).text


def test_a_deleted_comment_with_answers_shows_all_that_it_was_there() -> None:
    case = Case()
    first = comments.add(case.version, by=case.creator, body="The logo flickers", frame=3)
    comments.add(case.version, by=case.brand_reviewer, body="Fixed now", answers=first)
    change(case, "comment-delete", first, case.creator)
    seen = panel(case, case.brand_reviewer)
    assert "Deleted by its author" in seen
    assert "Fixed now" in seen
    assert "The logo flickers" not in seen
    assert reverse("comment-restore", args=[case.brand.slug, first.pk]) not in seen


def test_an_edit_that_comes_too_late_says_so_and_keeps_what_was_typed() -> None:
    case = Case()
    remark = comments.add(case.version, by=case.creator, body="The logo flickers")
    comments.resolve(remark, by=case.brand_reviewer)
    late = change(case, "comment-edit", remark, case.creator, body="The bottle flickers")
    assert late.status_code == 422
    assert "This comment is resolved" in late.text
    assert "The bottle flickers" in late.text
    refused = change(case, "comment-delete", remark, case.creator)
    assert "This comment is resolved" in json.loads(refused["HX-Trigger"])["toast"]["text"]
    address = reverse("comment-delete", args=[case.brand.slug, remark.pk])
    answer = signed_in(case.creator).post(address, follow=True)  # without script
    assert "This comment is resolved" in answer.text


def test_the_comments_are_a_page_of_their_own_without_script() -> None:
    case = Case()
    comments.add(case.version, by=case.creator, body="The logo flickers")
    shown = signed_in(case.creator).get(reverse("comments", args=[case.brand.slug, case.version.pk])).text
    assert "The logo flickers" in shown
    assert "</html>" in shown
