"""An older version beside the one under review, as a browser asks for it."""

import re
from typing import Any

import pytest
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.accounts.principals import Member
from dam.catalog.models import RenditionKind, Version
from provenance.review import carrying, comments, reviews
from provenance.review.carrying import Mark
from provenance.review.models import Review
from provenance.web import room_compare
from tests.factories import BrandFactory, RenditionFactory, member, next_version
from tests.integration.provenance.web.room import HTMX, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db


class Second(Case):
    """Version 2 in review; version 1 was, too, and was resolved in part before that came."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.submit()
        self.open = comments.add(self.version, by=self.brand_reviewer, body="The logo flickers", frame=3)
        self.before = comments.add(self.version, by=self.brand_reviewer, body="Too dark", frame=5)
        comments.resolve(self.before, by=self.creator)
        self.newer: Version = self.add_version()
        self.newer.frame_count = 24
        self.newer.save()
        self.review: Review = reviews.submit(self.newer, by=self.creator)

    def piece(
        self, *, person: Member | None = None, script: bool = True, page: str = "", **query: Any
    ) -> Any:
        address = reverse("review-compare", args=[self.brand.slug, self.review.pk])
        headers = {**HTMX, "HX-Current-URL": page} if script else {}
        return signed_in(person or self.brand_reviewer).get(address, query, headers=headers)

    def room(self, **query: Any) -> str:
        address = reverse("review", args=[self.brand.slug, self.review.pk])
        return str(signed_in(self.brand_reviewer).get(address, query).text)


def words(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_the_room_offers_the_version_that_was_reviewed_before() -> None:
    case = Second()
    third = next_version(case.newer, created_by=case.creator.user)
    RenditionFactory.create(version=third, kind=RenditionKind.PROXY)
    fourth = next_version(third, created_by=case.creator.user)
    RenditionFactory.create(version=fourth, kind=RenditionKind.PROXY)
    case.review = reviews.submit(fourth, by=case.creator)
    page = case.room()
    assert "Compare with version 2 V" in words(page)
    assert f"/compare/?one=2&amp;two={fourth.number}" in page  # where there is no script
    assert "data-older" not in page
    assert [f"compare={number}&amp;as=side" in page for number in (3, 2, 1)] == [True] * 3


def test_a_first_version_has_none_to_compare_with() -> None:
    case = Case()
    review = case.submit()
    page = signed_in(case.brand_reviewer).get(reverse("review", args=[case.brand.slug, review.pk])).text
    assert "compare-toggle" not in page


def test_a_link_opens_the_room_with_that_version_beside_and_its_comments() -> None:
    case = Second()
    page = case.room(compare="1", **{"as": "wipe"})
    assert 'data-mode="wipe"' in page
    assert f"/files/{case.version.pk}/proxy" in page
    said = words(page)
    assert "From version 1: 2 comments, 1 done" in said
    assert "Too dark" in said  # resolved before version 2 came
    assert "data-older" not in case.room(compare="7")
    assert "Too dark" not in words(case.room())


def test_the_piece_has_both_parts_and_the_address_keeps_it() -> None:
    case = Second()
    page = f"http://testserver/b/{case.brand.slug}/reviews/{case.review.pk}/?earlier=open"
    asked: Any = {"compare": "1", "as": "difference"}
    shown = case.piece(page=page, **asked)
    assert shown["HX-Replace-Url"].endswith("/?earlier=open&compare=1&as=difference")
    assert shown["HX-Trigger-After-Swap"] == "compared"
    assert 'id="compare-with"' in shown.text
    assert 'data-mode="difference"' in shown.text
    ended = case.piece(page=page + "&compare=1&as=difference", compare="")
    assert ended["HX-Replace-Url"].endswith("/?earlier=open")
    assert "data-older" not in ended.text


def test_the_list_hears_which_version_the_page_compares_with() -> None:
    case = Second()
    address = reverse("comments-earlier", args=[case.brand.slug, case.newer.pk])
    client = signed_in(case.creator)

    def listed(page: str) -> str:
        return words(client.get(address, headers={**HTMX, "HX-Current-URL": page}).text)

    assert "From version 1: 2 comments, 1 done" in listed("http://testserver/x/?compare=1&as=side")
    for page in ("http://testserver/x/", "http://testserver/x/?compare=2", "http://testserver/x/?compare=no"):
        assert "From earlier versions" in listed(page)


def test_a_version_that_is_not_shown_beside_narrows_no_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Second()
    address = reverse("comments-earlier", args=[case.brand.slug, case.newer.pk])
    headers = {**HTMX, "HX-Current-URL": "http://testserver/x/?compare=1"}

    def pages() -> list[str]:
        piece = signed_in(case.brand_reviewer).get(address, headers=headers).text
        return [words(case.room(compare="1")), words(piece)]

    for page in pages():
        assert "From version 1: 2 comments" in page
    monkeypatch.setattr(room_compare, "MOST", 0)
    for page in pages():
        assert "From earlier versions" in page
        assert "Stop comparing" not in page
    monkeypatch.undo()
    Version.objects.filter(pk=case.version.pk).update(kind="still")
    for page in pages():
        assert "From earlier versions" in page
        assert "Stop comparing" not in page


def test_the_clips_own_page_lists_the_comments_of_all_versions() -> None:
    case = Second()
    address = reverse("asset-review", args=[case.brand.slug, case.version.asset_id])
    page = signed_in(case.brand_reviewer).get(address, {"compare": "1"}).text
    assert "From earlier versions" in words(page)


def test_what_was_carried_over_to_a_version_in_between_is_listed_with_that_one() -> None:
    case = Second()
    carrying.carry_over(case.open, of=case.newer, seen=Mark.OPEN, by=case.brand_reviewer)
    assert "From version 1: 2 comments, 1 done" in words(case.room(compare="1"))
    case.newer = case.add_version()
    case.review = reviews.submit(case.newer, by=case.creator)
    assert "From version 1: 1 comment, 1 done" in words(case.room(compare="1"))
    assert "From version 2: 1 comment, 0 done" in words(case.room(compare="2"))


def test_where_not_all_versions_are_offered_the_menu_leads_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Second()
    case.newer = case.add_version()
    case.review = reviews.submit(case.newer, by=case.creator)
    assert "All versions" not in words(case.room(compare="2"))
    monkeypatch.setattr(room_compare, "MOST", 1)
    page = case.room(compare="2")
    assert f'href="{reverse("asset-compare", args=[case.brand.slug, case.version.asset_id])}"' in page
    assert "All versions" in words(page)
    assert "Version 1 " not in words(page[page.index('id="compare-menu"') : page.index("All versions")])


def test_of_other_versions_it_is_said_what_is_to_check() -> None:
    case = Second()
    comments.add(case.newer, by=case.brand_reviewer, body="Hard shadow")
    case.newer = case.add_version()
    case.review = reviews.submit(case.newer, by=case.creator)
    assert "1 more comment is to check, on another version." in words(case.room(compare="1"))
    assert "more comment" not in words(case.room())


def test_what_was_resolved_before_can_be_found_not_done() -> None:
    case = Second()
    address = reverse("comment-tick", args=[case.brand.slug, case.newer.pk, case.before.pk])
    page = "http://testserver/x/?compare=1"
    client = signed_in(case.brand_reviewer)
    sent = client.post(
        address, {"mark": "not_done", "seen": "done"}, headers={**HTMX, "HX-Current-URL": page}
    )
    assert "From version 1: 2 comments, 0 done" in words(sent.text)
    case.before.refresh_from_db()
    assert case.before.resolved_at is None


def test_without_script_it_leads_to_the_page_that_compares() -> None:
    case = Second()
    gone = case.piece(script=False, compare="1")
    assert gone["Location"].endswith(f"/assets/{case.version.asset_id}/compare/?one=1&two=2")
    assert case.piece(script=False)["Location"].endswith("/compare/")


def test_a_version_of_another_kind_or_without_a_preview_is_not_shown() -> None:
    case = Second()
    case.version.renditions.all().delete()
    assert "One of the two has no preview yet." in words(case.piece(compare="1").text)
    Version.objects.filter(pk=case.version.pk).update(kind="still")
    assert "compare-toggle" not in case.room()


def test_viewers_strangers_and_others_see_none_of_it() -> None:
    case = Second()
    assert case.piece(person=member(case.brand, Role.VIEWER), compare="1").status_code == 403
    stranger = member(BrandFactory.create(), Role.ADMIN)
    assert case.piece(person=stranger, compare="1").status_code == 404


@pytest.mark.parametrize("kind", ["still", "sound"])
def test_images_and_sounds_have_it_too(kind: str) -> None:
    case = Second()
    rendition = RenditionKind.PICTURE if kind == "still" else RenditionKind.SOUND
    for version in (case.version, case.newer):
        Version.objects.filter(pk=version.pk).update(kind=kind)
        RenditionFactory.create(version=version, kind=rendition)
    page = case.room(compare="1", **{"as": "wipe"})
    assert ("<reel-compare" in page) == (kind == "still")
    assert ("<reel-beside" in page) == (kind == "sound")
    assert f'data-mode="{"wipe" if kind == "still" else "side"}"' in page
