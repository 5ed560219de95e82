"""Into the trash and back: what is asked first, who may, and Undo."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dam.accounts.capabilities import Role
from dam.accounts.models import Brand
from dam.catalog import assets, counted_on, versions
from dam.catalog.models import Approval, Asset, RenditionKind, Version
from dam.core import storage
from dam.rights.models import MadeFrom, Relation
from dam.web import trash as trashing
from tests.factories import ApprovedVersionFactory, VersionFactory, member

SELECTION, UNDO, PAGE = "/b/northwind/selection/trash/", "/b/northwind/trash/undo/", "/b/northwind/trash/"


def signed_in(brand: Brand, role: Role) -> tuple[Client, Version]:
    """A browser, and a draft that the person at it made."""
    person, client = member(brand, role), Client()
    client.force_login(person.user)
    return client, VersionFactory.create(
        asset__brand=brand, asset__created_by=person.user, asset__title="Own draft"
    )


def trash(client: Client, version: Version, **data: object) -> str:
    answer = client.post(f"/b/northwind/assets/{version.asset_id}/trash/", data, follow=True)
    return answer.content.decode()


def in_trash(version: Version) -> bool:
    return Asset.objects.get(pk=version.asset_id).trashed_at is not None


def of(version: Version, approval: Approval) -> Version:
    Version.objects.filter(pk=version.pk).update(approval=approval)
    return version


def test_a_creator_discards_a_draft_of_their_own_and_takes_it_back(brand: Brand) -> None:
    client, draft = signed_in(brand, Role.CREATOR)
    page = trash(client, draft)
    assert in_trash(draft)
    at = re.search(r'name="at"\s+value="([^"]+)"', page)
    assert at is not None
    assert "1 clip restored." in client.post(UNDO, {"at": at[1]}, follow=True).content.decode()
    assert not in_trash(draft)


@pytest.mark.parametrize(
    ("left", "query"),
    [("http://testserver/b/northwind/generate/?from=7", "?from=7"), ("http://evil.example/?from=7", "")],
)
def test_a_discarded_take_leads_back_to_the_brief_as_it_was(brand: Brand, left: str, query: str) -> None:
    client, draft = signed_in(brand, Role.CREATOR)
    address = f"/b/northwind/assets/{draft.asset_id}/trash/"
    answer = client.post(address, {"back": "/b/northwind/generate/"}, headers={"Referer": left})
    assert answer.headers["Location"] == f"/b/northwind/generate/{query}"


def test_a_creator_may_not_trash_what_another_made_or_what_is_in_review(brand: Brand) -> None:
    client, draft = signed_in(brand, Role.CREATOR)
    other = VersionFactory.create(asset__brand=brand)
    assert "other people" in trash(client, other)
    assert "in review" in trash(client, of(draft, Approval.IN_REVIEW))
    assert not in_trash(other)
    assert not in_trash(draft)


def approved_cut(brand: Brand, take: Version, *, steps: int) -> Version:
    """Approved, and made of the take, so many steps away."""
    for _ in range(steps):
        cut = VersionFactory.create(asset__brand=brand)
        MadeFrom.objects.create(version=cut, source=take, relation=Relation.COMPONENT)
        take = cut
    return of(take, Approval.APPROVED)


@pytest.mark.parametrize("steps", [1, 3])
def test_what_an_approved_clip_was_made_from_is_counted_on_as_that_is(brand: Brand, steps: int) -> None:
    client, take = signed_in(brand, Role.CREATOR)
    cut = approved_cut(brand, take, steps=steps)
    assert "one that such a clip was made from" in trash(client, take)
    assert not in_trash(take)
    librarian, _ = signed_in(brand, Role.LIBRARIAN)
    assert "Clips in review or approved were made from it." in trash(librarian, take)
    assert not in_trash(take)
    trash(librarian, take, sure=str(take.asset_id))
    assert in_trash(take)
    of(cut, Approval.DRAFT)
    assert not counted_on.among([Asset.objects.select_related("latest").get(pk=take.asset_id)])


def test_many_clips_are_asked_about_in_as_many_queries_as_one(brand: Brand) -> None:
    person = member(brand, Role.CREATOR)
    takes = [VersionFactory.create(asset__brand=brand, asset__created_by=person.user) for _ in range(5)]
    approved_cut(brand, takes[2], steps=1)
    chosen = list(Asset.objects.filter(brand=brand, created_by=person.user).select_related("latest"))
    with CaptureQueriesContext(connection) as queries:
        reasons = assets.refusals_to_move(chosen, by=person)
    assert [key for key, reason in reasons.items() if reason] == [takes[2].asset_id]
    assert len(queries) == 1


@pytest.mark.parametrize("approval", [Approval.IN_REVIEW, Approval.APPROVED])
def test_a_clip_that_others_count_on_is_asked_about_first(brand: Brand, approval: Approval) -> None:
    client, version = signed_in(brand, Role.LIBRARIAN)
    of(version, approval)
    assert f"{approval.label}: " in trash(client, version)
    assert not in_trash(version)
    trash(client, version, sure=str(version.asset_id))
    assert in_trash(version)


def test_the_question_says_what_viewers_lose(brand: Brand) -> None:
    client, _ = signed_in(brand, Role.ADMIN)
    assert "viewers will no longer be able to find or download it" in trash(
        client, ApprovedVersionFactory.create(asset__brand=brand)
    )


def test_an_answer_about_one_clip_is_none_about_another(brand: Brand) -> None:
    client, version = signed_in(brand, Role.LIBRARIAN)
    other = of(VersionFactory.create(asset__brand=brand), Approval.APPROVED)
    client.post(SELECTION, {"asset": [version.asset_id, other.asset_id], "sure": str(version.asset_id)})
    assert not in_trash(other)
    assert not in_trash(version)


def test_of_many_those_that_may_not_be_moved_are_named_and_stay(brand: Brand) -> None:
    client, own = signed_in(brand, Role.CREATOR)
    other = VersionFactory.create(asset__brand=brand, asset__title="Not mine")
    chosen = {"asset": [own.asset_id, other.asset_id], "back": "/b/northwind/?q=can"}
    question = client.post(SELECTION, chosen).content.decode()
    assert "Not mine" in question
    assert 'href="/b/northwind/?q=can"' in question
    answer = client.post(SELECTION, {**chosen, "sure": str(own.asset_id)})
    assert answer.headers["Location"] == "/b/northwind/?q=can"
    assert in_trash(own)
    assert not in_trash(other)


def test_undo_takes_back_what_was_trashed_together_and_no_more(brand: Brand) -> None:
    client, first = signed_in(brand, Role.LIBRARIAN)
    second, third = (VersionFactory.create(asset__brand=brand) for _ in range(2))
    trash(client, third)
    client.post(SELECTION, {"asset": [first.asset_id, second.asset_id]})
    at = Asset.objects.get(pk=first.asset_id).trashed_at
    assert at is not None
    client.post(UNDO, {"at": at.isoformat()})
    assert [in_trash(each) for each in (first, second, third)] == [False, False, True]


@pytest.mark.parametrize("at", ["", "soon", "2026-01-01"])
def test_undoing_at_no_moment_is_a_bad_request(brand: Brand, at: str) -> None:
    client, _ = signed_in(brand, Role.LIBRARIAN)
    assert client.post(UNDO, {"at": at}).status_code == 400


def test_the_trash_has_its_pictures_and_no_other_file(brand: Brand, tmp_path: Path) -> None:
    client, draft = signed_in(brand, Role.CREATOR)
    stranger, _ = signed_in(brand, Role.CREATOR)
    (tmp_path / "poster").write_bytes(b"picture")
    kept = storage.put(tmp_path / "poster", brand_id=brand.pk, suffix=".webp")
    for kind in RenditionKind:
        versions.keep_rendition(draft, kind, kept, content_type="image/webp")
    trash(client, draft)
    address = f"/b/northwind/files/{draft.pk}/"
    assert f"{address}poster" in client.get(PAGE).content.decode()
    assert [client.get(address + kind).status_code for kind in ("poster", "proxy", "master")] == [
        200,
        404,
        404,
    ]
    assert stranger.get(f"{address}poster").status_code == 404


def test_no_level_of_heading_is_left_out(brand: Brand) -> None:
    client, draft = signed_in(brand, Role.CREATOR)
    trash(client, draft)
    page = client.get(PAGE).content.decode().split('id="main"')[1].split("</main>")[0]
    assert re.findall(r"<h([1-6])", page) == ["1", "2", "3"]


def test_a_link_to_a_clip_in_the_trash_says_so_and_takes_it_out_again(brand: Brand) -> None:
    client, version = signed_in(brand, Role.CREATOR)
    address = f"/b/northwind/assets/{version.asset_id}/"
    trash(client, version)
    answer = client.get(address)
    assert answer.status_code == 404
    assert "“Own draft” is in the trash" in answer.text
    assert f'action="{address}restore/"' in answer.text
    client.post(f"{address}restore/")
    assert client.get(address).status_code == 200


def test_who_could_not_take_it_out_learns_nothing_of_a_clip_in_the_trash(brand: Brand) -> None:
    client, version = signed_in(brand, Role.CREATOR)
    trash(client, version)
    address = f"/b/northwind/assets/{version.asset_id}/"
    for role in (Role.CREATOR, Role.VIEWER):  # of others
        stranger, _own = signed_in(brand, role)
        answer = stranger.get(address)
        assert (answer.status_code, "Own draft" in answer.text) == (404, False)
    fragment = client.get(address, headers={"HX-Request": "true"})
    assert (fragment.status_code, "Own draft" in fragment.text) == (404, False)


def fill_trash(brand: Brand, count: int) -> list[Asset]:
    """The one that was moved last comes first."""
    at = timezone.now()
    made = []
    for place in range(count):
        asset = VersionFactory.create(asset__brand=brand, asset__title=f"Clip {place:02}").asset
        Asset.objects.filter(pk=asset.pk).update(trashed_at=at - timedelta(minutes=place))
        made.append(asset)
    return made


def titles_on(client: Client, query: str = "") -> list[str]:
    return [card.asset.title for card in client.get(PAGE + query).context["cards"]]


def test_a_restore_shifts_no_page_of_the_trash(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trashing, "PAGE", 2)
    made = fill_trash(brand, 5)
    client, _draft = signed_in(brand, Role.LIBRARIAN)
    page = client.get(PAGE)
    assert [card.asset.title for card in page.context["cards"]] == ["Clip 00", "Clip 01"]
    after = urlencode({"after": page.context["next"]})
    client.post(f"/b/northwind/assets/{made[0].pk}/restore/")
    assert titles_on(client, f"?{after}") == ["Clip 02", "Clip 03"]
    Asset.objects.filter(trashed_at__isnull=False).update(trashed_at=None)
    assert client.get(f"{PAGE}?{after}").headers["Location"] == PAGE


def test_the_trash_is_searched_by_title(brand: Brand) -> None:
    fill_trash(brand, 3)
    client, _draft = signed_in(brand, Role.LIBRARIAN)
    assert titles_on(client, "?q=clip+02") == ["Clip 02"]
    assert "No clip in the trash has these words" in client.get(f"{PAGE}?q=winter").content.decode()


def test_several_are_restored_and_deleted_after_they_were_counted(brand: Brand) -> None:
    first, second, third, fourth = fill_trash(brand, 4)
    client, _draft = signed_in(brand, Role.LIBRARIAN)
    said = client.post(f"{PAGE}restore/", {"asset": [first.pk, second.pk]}, follow=True).content.decode()
    assert "2 clips restored." in said
    chosen = {"asset": [str(third.pk), str(fourth.pk)], "selected": "1"}
    assert client.post(f"{PAGE}delete/", chosen).context["goes"].clips == 2
    client.post(f"{PAGE}delete/", {**chosen, "sure": "2"})
    assert not Asset.objects.filter(pk__in=[third.pk, fourth.pk]).exists()


def test_deleting_a_selection_of_nothing_is_not_about_all(brand: Brand) -> None:
    fill_trash(brand, 2)
    client, _draft = signed_in(brand, Role.LIBRARIAN)
    answer = client.post(f"{PAGE}delete/", {"selected": "1"}, follow=True)
    assert "select the clips first" in answer.content.decode()
    assert Asset.objects.filter(trashed_at__isnull=False).count() == 2
