"""On a clip's page the comments elsewhere that link it: kept by the database, shown to who sees both."""

from importlib import import_module
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from dam.accounts.capabilities import Role
from dam.catalog.models import Version
from provenance.review import comments, corrections, pointing
from provenance.review.models import Comment, CommentLink
from provenance.web import pointing_comments
from tests.factories import BrandFactory, VersionFactory, member
from tests.integration.provenance.web.room import page, signed_in
from tests.review_factory import Case

pytestmark = pytest.mark.django_db
fill = import_module("provenance.migrations.0043_fill_comment_links")


@pytest.fixture
def case() -> Case:
    return Case()


@pytest.fixture
def other(case: Case) -> Version:
    made: Version = VersionFactory.create(
        asset__brand=case.brand, asset__created_by=case.creator.user, asset__title="Harbour <ball>"
    )
    return made


def address(version: Version, *, site: str = "") -> str:
    slug = version.brand.slug
    return f"{site or settings.PUBLIC_URL}{reverse('asset', args=[slug, version.asset_id])}"


def said(on: Version, case: Case, body: str) -> Comment:
    return comments.add(on, by=case.creator, body=body)


def linked() -> set[tuple[int, UUID]]:
    return set(CommentLink.objects.values_list("comment", "asset_id"))


def panel(case: Case, *, by: object = None) -> str:
    return page(by or case.creator, "asset-review", case.version.asset_id)  # type: ignore[arg-type]


def test_a_comment_that_links_the_clip_stands_on_its_page_with_where_it_is(
    case: Case, other: Version
) -> None:
    said(other, case, f"Same light as in {address(case.version)}?version=1&t=1.5, please")
    shown = panel(case)
    assert "Comments that point here" in shown
    assert "Harbour &lt;ball&gt;" in shown
    assert "Same light as in" in shown
    assert "Comments that point here" not in page(case.creator, "asset-review", other.asset_id)
    whole = page(case.creator, "comments-elsewhere", case.version.asset_id)
    assert "Same light as in" in whole
    assert "No comments point here" in page(case.creator, "comments-elsewhere", other.asset_id)


def test_a_comment_on_the_clip_itself_isnt_elsewhere(case: Case) -> None:
    said(case.version, case, f"As in {address(case.version)}")
    assert "Comments that point here" not in panel(case)


def test_it_goes_with_an_edit_or_the_comment_and_comes_with_one(case: Case, other: Version) -> None:
    here = address(case.version)
    comment = said(other, case, f"See {here}")

    def seen() -> list[Comment]:
        return list(pointing.at(case.version.asset, by=case.creator))

    assert seen() == [comment]
    corrections.edit(comment, by=case.creator, body="See nothing")
    assert (seen(), linked()) == ([], set())
    corrections.edit(comment, by=case.creator, body=f"See {here} and {here}")
    assert linked() == {(comment.pk, case.version.asset_id)}
    corrections.delete(comment, by=case.creator)
    assert seen() == []
    corrections.restore(comment, by=case.creator)
    assert seen() == [comment]
    with connection.cursor() as cursor:  # as a process of an earlier release does
        cursor.execute("DELETE FROM provenance_comment WHERE id = %s", [comment.pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert linked() == set()


def test_only_comments_of_versions_that_the_reader_sees(case: Case, other: Version) -> None:
    said(other, case, f"See {address(case.version)}")
    viewer = member(case.brand, Role.VIEWER)
    assert not pointing.at(case.version.asset, by=viewer).exists()
    other.asset.__class__.objects.filter(pk=other.asset_id).update(trashed_at=other.created_at)
    assert not pointing.at(case.version.asset, by=case.creator).exists()
    stranger = Case(BrandFactory.create())
    foreign = VersionFactory.create(asset__brand=stranger.brand, asset__created_by=stranger.creator.user)
    said(foreign, stranger, f"See {address(case.version)}")
    assert not pointing.at(case.version.asset, by=case.creator).exists()
    client = signed_in(stranger.creator)
    elsewhere = reverse("comments-elsewhere", args=[stranger.brand.slug, case.version.asset_id])
    assert client.get(elsewhere).status_code == 404


def test_an_address_of_another_site_is_none(case: Case, other: Version) -> None:
    comment = said(other, case, f"See {address(case.version, site='https://dam.example.org')}")
    assert linked() == {(comment.pk, case.version.asset_id)}
    assert "Comments that point here" not in panel(case)


def test_a_clip_that_isnt_there_breaks_nothing(case: Case) -> None:
    gone = f"{settings.PUBLIC_URL}/b/{case.brand.slug}/assets/{uuid4()}/"
    said(case.version, case, f"See {gone} and https://x.example/assets/not-a-key/")
    assert len(linked()) == 1


def test_there_are_pages_of_them(case: Case, other: Version, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pointing_comments, "FEW", 1)
    monkeypatch.setattr(pointing_comments, "PAGE", 2)
    for number in range(3):
        said(other, case, f"Look {number}: {address(case.version)}")
    whole = reverse("comments-elsewhere", args=[case.brand.slug, case.version.asset_id])
    client = signed_in(case.creator)
    first = client.get(whole).text
    assert ("Look 2" in first, "Look 1" in first, "Look 0" in first) == (True, True, False)
    last = Comment.objects.get(body__startswith="Look 1")
    assert f"?before={last.pk}" in first
    second = client.get(whole, {"before": last.pk}).text
    assert ("Look 1" in second, "Look 0" in second) == (False, True)


def test_what_was_written_before_is_filled_in_and_a_second_run_adds_nothing(
    case: Case, other: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fill, "SLICE", 2)
    kept = {
        (said(other, case, f"See {number} {address(case.version)}").pk, case.version.asset_id)
        for number in range(5)
    }
    CommentLink.objects.all().delete()
    for _run in range(2):
        with connection.schema_editor() as editor:
            fill.fill(None, editor)
        assert linked() == kept
